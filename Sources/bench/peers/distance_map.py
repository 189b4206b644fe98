"""The signed distance map of a wavy ball in 256^3 voxels of 1 x .8 x .8 mm."""
from serve import needs, serve, threads

import numpy as np

sitk = needs("SimpleITK")

sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
z, y, x = np.meshgrid(*[np.arange(256.0)] * 3, indexing="ij", sparse=True)
radius = np.sqrt((z - 128) ** 2 + (y - 120) ** 2 + (x - 132) ** 2)
mask = radius < 70 + 12 * np.sin(z / 9) * np.cos(y / 11) + 6 * np.sin(x / 7)
image = sitk.GetImageFromArray(mask.astype(np.uint8))
image.SetSpacing((0.8, 0.8, 1.0))


def step():
    sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)


serve(step)
