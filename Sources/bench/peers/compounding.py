"""Freehand compounding with NumPy: 24 frames of 820x616, a clip rectangle of 496x489 pixels of
0.076 mm, trilinear mean into 0.5 mm voxels.

Every frame as a whole: positions, floors and weights as arrays, the eight neighbours in one
`bincount` each of weighted values and weights, which is faster than `add.at`."""
from serve import serve

import numpy as np

frames, width, height = 24, 820, 616
x0, y0, columns, rows, pixel, spacing = 167, 62, 496, 489, 0.076, 0.5
images = np.random.default_rng(0).integers(0, 256, (16, height, width)).astype(np.float32)


def pose(frame):
    """From pixel indices to mm: the plane of x and y, moved along z, rocked about x and y."""
    a, b = 0.1 * np.sin(0.2 * frame), 0.15 * np.cos(0.13 * frame)
    down = np.array([0.0, np.cos(a), np.sin(a)])
    across = np.array([np.cos(b), np.sin(a) * np.sin(b), -np.cos(a) * np.sin(b)])
    return across * pixel, down * pixel, np.array([0.0, 0.0, 0.3 * frame])


corners = np.array([[x, y] for x in (x0, x0 + columns - 1) for y in (y0, y0 + rows - 1)], float)
points = np.concatenate(
    [corners[:, :1] * x + corners[:, 1:] * y + t for x, y, t in map(pose, range(frames))])
origin = points.min(0)
shape = np.maximum(1, np.ceil((points.max(0) - origin) / spacing)).astype(int)
nx, ny, nz = (int(n) for n in shape)
ys, xs = np.mgrid[y0:y0 + rows, x0:x0 + columns]
xs, ys = xs.ravel().astype(float), ys.ravel().astype(float)


def step():
    count = nx * ny * nz
    total, weight = np.zeros(count), np.zeros(count)
    for frame in range(frames):
        across, down, t = pose(frame)
        value = images[frame % 16, y0:y0 + rows, x0:x0 + columns].ravel()
        low, part, inside = [], [], np.ones(xs.size, bool)
        for axis in range(3):
            p = (xs * across[axis] + ys * down[axis] + (t[axis] - origin[axis])) / spacing
            inside &= (p >= 0) & (p <= shape[axis] - 1)
            floor = np.minimum(np.floor(p), shape[axis] - 2)
            low.append(floor.astype(np.int64))
            part.append((p - floor).astype(np.float32))
        value = value[inside]
        (ix, iy, iz), (fx, fy, fz) = [a[inside] for a in low], [a[inside] for a in part]
        base = (iz * ny + iy) * nx + ix
        index, weights = [], []
        for dz in (0, 1):
            for dy in (0, 1):
                wyz = (fz if dz else 1 - fz) * (fy if dy else 1 - fy)
                for dx in (0, 1):
                    index.append(base + ((dz * ny + dy) * nx + dx))
                    weights.append(wyz * (fx if dx else 1 - fx))
        index, weights = np.concatenate(index), np.concatenate(weights)
        low_index = index.min()
        index -= low_index
        some = np.bincount(index, weights)
        weight[low_index:low_index + some.size] += some
        total[low_index:low_index + some.size] += np.bincount(index, weights * np.tile(value, 8))
    return total / np.where(weight > 0, weight, 1), weight


if __name__ == "__main__":
    serve(lambda: step() and None)
