"""Making a picture look better: light, colour, detail and shape, by hand or by what the picture itself shows.

::

    settings    every control, its range, and that all are neutral at first
    analysis    what is wrong with a picture, in numbers
    auto        numbers → settings, and a sentence that says what they do
    geometry    rotate, straighten, crop, resize
    detail      denoise and sharpen
    local       a smooth map of the picture's light → shadows, highlights, clarity, dehaze
    tone        exposure, white balance and contrast as tables
    colour      saturation, vibrance, black and white
    development all of them in order, strip by strip; what did not change is not computed again
    output      the finished picture as a file

Everything is NumPy and Pillow, the only libraries that the page loads. A preview and an export run the same code on
pixels of different size: whatever has a radius has it relative to the picture.
"""
