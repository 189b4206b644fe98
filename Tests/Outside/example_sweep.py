"""Makes Examples/sweep.igs.mha, sweep.xml and lobe.nii.gz: a tracked sweep over a lobe of known
volume beside a dark windpipe, simulated here without the project's code, and the lobe as a label.

    python Tests/Outside/example_sweep.py Examples        # needs numpy and nibabel

The lobe is an ellipsoid with semi-axes 8, 10 and 20 mm, 6.702 mL; frames 17 and 30 lost the probe.
The label volume holds it as 1, a stray island of 27 voxels as 1 too, and a cyst as 2.
"""
import sys
import zlib

import nibabel
import numpy as np

folder = sys.argv[1]
width, height, frames, pixel = 80, 96, 56, 0.4
centre, axes = np.array([16.0, 18.0, 0.0]), np.array([8.0, 10.0, 20.0])


def rotation(axis, angle):
    u = np.asarray(axis, float) / np.linalg.norm(axis)
    k = np.array([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
    m = np.eye(4)
    m[:3, :3] += np.sin(angle) * k + (1 - np.cos(angle)) * k @ k
    return m


def shift(x, y, z):
    m = np.eye(4)
    m[:3, 3] = x, y, z
    return m


def grey(p):
    """Brightness at points [..., 3] of the patient in mm."""
    lobe = (((p - centre) / axes) ** 2).sum(-1)
    pipe = np.hypot(p[..., 0] - 30, p[..., 1] - 16)
    vessel = np.hypot(p[..., 0] - 6, p[..., 1] - 27)
    value = np.where(lobe < 1, 150.0, 70.0)
    value = np.where(pipe < 7, 12.0, value)
    return np.where(vessel < 3, 8.0, value)


calibration = shift(-20, 4, 55) @ rotation([0, 1, 0.2], 0.2) @ np.diag([pixel, pixel, pixel, 1])
patient = shift(180, -60, 850) @ rotation([1, 0.4, -0.2], 0.7)
index = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(float)
points = np.concatenate([index, np.zeros((height, width, 1)), np.ones((height, width, 1))], -1)
header, planes = [], []
for frame in range(frames):
    tremor = rotation([1, 0.5, 0.2], 0.02 * np.sin(0.8 * frame))
    place = shift(0.6 * np.sin(0.3 * frame), 0.4 * np.cos(0.5 * frame), 0.85 * frame - 23.5) @ tremor
    image = place @ np.diag([pixel, pixel, pixel, 1])
    probe = patient @ image @ np.linalg.inv(calibration)
    planes.append(np.rint(grey((points @ image.T)[..., :3])).astype(np.uint8))
    status = "INVALID" if frame in (17, 30) else "OK"
    for name, m, word in [("ProbeToTracker", probe, status), ("ReferenceToTracker", patient, "OK")]:
        numbers = " ".join(f"{v:.9g}" for v in m.ravel())
        header += [f"Seq_Frame{frame:04d}_{name}Transform = {numbers}",
                   f"Seq_Frame{frame:04d}_{name}TransformStatus = {word}"]
    header += [f"Seq_Frame{frame:04d}_Timestamp = {frame / 20:.3f}",
               f"Seq_Frame{frame:04d}_ImageStatus = OK"]
data = zlib.compress(np.stack(planes).tobytes(), 9)
lines = ["ObjectType = Image", "NDims = 3", "AnatomicalOrientation = RAI", "BinaryData = True",
         "BinaryDataByteOrderMSB = False", "CompressedData = True",
         f"CompressedDataSize = {len(data)}", f"DimSize = {width} {height} {frames}",
         "Kinds = domain domain list", "ElementSpacing = 1 1 1", "ElementType = MET_UCHAR",
         "UltrasoundImageOrientation = MFA"] + header + ["ElementDataFile = LOCAL"]
with open(f"{folder}/sweep.igs.mha", "wb") as file:
    file.write(("\n".join(lines) + "\n").encode() + data)
rows = "\n".join("        " + " ".join(f"{v:.9g}" for v in row) for row in calibration)
with open(f"{folder}/sweep.xml", "w") as file:
    file.write(f"""<PlusConfiguration version="2.0">
  <CoordinateDefinitions>
    <Transform From="Image" To="Probe"
      Matrix="
{rows}" />
  </CoordinateDefinitions>
  <VolumeReconstruction Interpolation="LINEAR" CompoundingMode="MEAN" FillHoles="OFF"
    OutputSpacing="0.5 0.5 0.5" />
</PlusConfiguration>
""")

spacing = np.array([0.4, 0.5, 0.6])
shape = (56, 56, 84)
turn = rotation([0.2, -0.3, 1], 0.25)
affine = turn @ np.diag([*spacing, 1])
world = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) * spacing
place = world - np.array([11.2, 13.9, 25.1])
labels = (((place / axes) ** 2).sum(-1) < 1).astype(np.uint8)
labels[((place / 2.5) ** 2).sum(-1) < 1] = 2
labels[50:53, 50:53, 3:6] = 1
image = nibabel.Nifti1Image(labels, affine)
image.header.set_xyzt_units("mm")
nibabel.save(image, f"{folder}/lobe.nii.gz")
print("label voxels", (labels == 1).sum(), (labels == 2).sum())
