"""DICOM files of other programs, and what those programs read from them, against `lightbox volume`.

    python3 Tests/Outside/dicom_files.py [lightbox]       # default .build/release/lightbox

needs NumPy, SimpleITK (whose GDCM writes and reads) and pydicom (which writes explicit VR, and whose
own test files are read). Files are made in a folder of their own and removed. Each line compares
shape, spacing, origin and directions with SimpleITK's reading of the same file, and the number of
values above several levels with NumPy's; the last lines are files that must be refused.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
command = sys.argv[1:] or [os.path.join(root, ".build", "release", "lightbox")]
faults = 0


def lightbox(path, *more):
    run = subprocess.run([*command, "volume", path, "--json", *more], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr.strip()


def itk(paths):
    if isinstance(paths, str):
        return sitk.ReadImage(paths)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(paths[0]))
    return reader.Execute()


def compare(name, path, image):
    """Against SimpleITK's geometry and values, [z, y, x]."""
    global faults
    values = sitk.GetArrayFromImage(image).astype(np.float64)
    levels = [float(np.quantile(values, q)) for q in (0.2, 0.5, 0.9)]
    levels = [level for level in levels if level >= 0 and (values > level).any()]
    found = [(level, lightbox(path, "--level", repr(level))) for level in levels]
    first = found[0][1] if found else "no level to compare"
    if isinstance(first, str):
        print("FAULT", name, first)
        faults += 1
        return
    matrix = np.array(image.GetDirection()).reshape(3, 3)
    pairs = [
        ("shape", first["shape"], list(values.shape)),
        # A slice that stands alone is as deep as it is thick; GDCM says 1 mm for one of MR.
        ("spacing", first["spacingMM"][: 3 if len(values) > 1 else 2],
         image.GetSpacing()[: 3 if len(values) > 1 else 2]),
        ("origin", first["originMM"], image.GetOrigin()),
        ("x", first["direction"]["x"], matrix[:, 0]),
        ("y", first["direction"]["y"], matrix[:, 1]),
        ("z", first["direction"]["z"], matrix[:, 2]),
    ]
    worst = max(float(np.abs(np.array(a, float) - np.array(b, float)).max()) for _, a, b in pairs)
    counts = [(r["voxels"], int((values.astype(np.float32) > np.float32(level)).sum())) for level, r in found]
    good = worst < 1e-5 and all(a == b for a, b in counts)
    faults += not good
    print("same " if good else "FAULT", name, "geometry within %.1e," % worst, "counts", counts)
    if not good:
        print("\n".join(f"  {n}: {a} against {list(b)}" for n, a, b in pairs))


def refused(name, path, part):
    global faults
    found = lightbox(path)
    good = isinstance(found, str) and part in found
    faults += not good
    print("refused" if good else "FAULT", name, found if isinstance(found, str) else "was read")


def write(image, path, tags, compressed=False):
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    writer.SetUseCompression(compressed)
    if compressed:
        writer.SetCompressor("JPEG")
    for key, value in tags.items():
        image.SetMetaData(key, value)
    writer.SetFileName(path)
    writer.Execute(image)


def mixed(count, top):
    """Numbers below top in no order."""
    return (np.arange(count, dtype=np.int64) * 7919 + 13) % top


def numbers(v):
    return "\\".join("%.10g" % x for x in v)


with tempfile.TemporaryDirectory() as folder:
    shape = (5, 24, 20)
    # 1. GDCM writes a CT series, implicit VR, oblique, with slope and intercept.
    turn = sitk.VersorTransform((0.3, -0.5, 0.8), 0.7).GetMatrix()
    axes = np.array(turn).reshape(3, 3)
    for bits, kind, slope, intercept in (
        ("int16", np.int16, "1", "-1024"), ("uint16", np.uint16, "2", "0"), ("uint8", np.uint8, "1", "0"),
        ("int8", np.int8, "1", "0"),
    ):
        place = os.path.join(folder, bits)
        os.mkdir(place)
        top = {"int16": 3000, "uint16": 60000, "uint8": 256, "int8": 127}[bits]
        stored = mixed(np.prod(shape), top).reshape(shape).astype(kind)
        for k in range(shape[0]):
            slice_ = sitk.GetImageFromArray(stored[k])
            slice_.SetSpacing((0.7, 1.1))
            origin = np.array([10.5, -20.25, 33]) + 2.5 * k * axes[:, 2]
            write(slice_, os.path.join(place, f"{9 - k}.dcm"), {
                "0008|0060": "CT", "0020|000e": "1.2.826.0.1.3680043.2.1125.77", "0018|0050": "2.5",
                "0020|0032": numbers(origin), "0020|0037": numbers([*axes[:, 0], *axes[:, 1]]),
                "0028|1053": slope, "0028|1052": intercept, "0028|0030": "1.1\\0.7"})
        compare(f"series of {bits}, GDCM, implicit", place, itk([place]))

    # 2. GDCM writes many frames with functional groups.
    for name, kind, direction in (("uint8", np.uint8, np.eye(3)), ("uint16", np.uint16, np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0.0]]))):
        image = sitk.GetImageFromArray(mixed(np.prod(shape), 251).reshape(shape).astype(kind))
        image.SetSpacing((0.7, 1.1, 2.5))
        image.SetOrigin((10.5, -20.25, 33))
        image.SetDirection(direction.ravel())
        path = os.path.join(folder, name + "-frames.dcm")
        write(image, path, {})
        compare(f"frames of {name}, GDCM, functional groups", path, itk(path))

    # 3. pydicom writes explicit and implicit VR, twelve bits, a sagittal series.
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
        place = os.path.join(folder, "pydicom-" + syntax.name.split()[0])
        os.mkdir(place)
        series = generate_uid(entropy_srcs=["series"])
        for k in range(4):
            d = Dataset()
            d.file_meta = FileMetaDataset()
            d.file_meta.TransferSyntaxUID = syntax
            d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
            d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            d.SeriesInstanceUID, d.StudyInstanceUID, d.Modality = series, series, "MR"
            d.PatientName = "Nobody"
            d.ImagePositionPatient = [-20.5 + 3 * k, -90, 60.25]
            d.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
            d.PixelSpacing, d.SliceThickness, d.SpacingBetweenSlices = [2, 0.5], 3, 3
            d.ReferencedImageSequence = Sequence([Dataset()])
            d.SamplesPerPixel, d.PhotometricInterpretation = 1, "MONOCHROME2"
            d.Rows, d.Columns, d.BitsAllocated, d.BitsStored, d.HighBit = 6, 8, 16, 12, 11
            d.PixelRepresentation = 0
            d.PixelData = (mixed(48, 4096) + k).clip(0, 4095).astype("<u2").tobytes()
            d.save_as(os.path.join(place, f"slice{k}"), enforce_file_format=True)
        compare(f"series, pydicom, {syntax.name}", place, itk([place]))

    # 4. Files that come with pydicom.
    for name in ("CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_padded.dcm"):
        path = get_testdata_file(name)
        compare(f"{name}, pydicom's own", path, itk(path))
    for name, part in (
        ("JPEG-lossy.dcm", "dcmdjpeg"), ("JPEG2000.dcm", "gdcmconv --raw"), ("MR_small_RLE.dcm", "dcmdrle"),
        ("image_dfl.dcm", "dcmconv +te"), ("MR_small_bigendian.dcm", "dcmconv +te"),
        ("MR_truncated.dcm", "the file was cut"), ("SC_rgb_small_odd.dcm", "found colours"),
        ("rtdose.dcm", "BitsAllocated"), ("no_meta.dcm", "no DICOM signature"), ("rtplan.dcm", "no pixels"),
    ):
        path = get_testdata_file(name, download=False)
        if path:
            refused(f"{name}, pydicom's own", path, part)
    picture = sitk.GetImageFromArray(mixed(64 * 64, 256).reshape(64, 64).astype(np.uint8))
    path = os.path.join(folder, "jpeg.dcm")
    write(picture, path, {}, compressed=True)
    refused("JPEG of GDCM", path, "dcmdjpeg")

print("faults:", faults)
sys.exit(faults > 0)
