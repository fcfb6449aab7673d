"""Enhance: improve light, colour, detail and shape of a picture, by hand or automatically.

::

    task        the methods: analyse, preview, enhance
    settings    every control and its range; by default all are neutral
    controls    names, groups and steps of the controls
    analysis    measures what is wrong with a picture
    auto        measurements → settings, and a sentence that says what they do
    geometry    rotate, straighten, crop, resize
    detail      denoise and sharpen, with wavelet and windows
    local       a smooth map of the picture's light → shadows, highlights, clarity, dehaze
    placement   the position of that map in the finished picture
    tone        exposure, white balance and contrast as tables
    colour      saturation, vibrance, black and white
    development applies all of them in order, strip by strip, and caches each step
    upscale     enlarges a picture with a network
    output      writes the finished picture as a file

Everything uses NumPy and Pillow, the only libraries that the page loads. Previews and exports run the same code at
different sizes: each radius is relative to the size of the picture.
"""
