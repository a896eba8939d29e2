// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture/picture.h"

#include "ui/picture/canvasdevice.h"
#include "ui/picture/pdfcanvas.h"
#include "ui/picture/svgcanvas.h"

#include <QApplication>
#include <QBuffer>
#include <QImageWriter>
#include <QSaveFile>
#include <QWidget>

namespace daemonscope {

namespace {
/// Layout, deferred deletes and the first paint each take a turn of the event loop.
constexpr int kTurns = 5;

template <class AnyCanvas> bool drawOn(QWidget& widget, QIODevice& device, const PictureOptions& options)
{
    AnyCanvas canvas(device, widget.size(), options.scale, options.title);
    CanvasDevice pixels(canvas, widget.size());
    widget.render(&pixels);
    return canvas.finish();
}

bool draw(QWidget& widget, PictureFormat format, const PictureOptions& options, QByteArray& bytes)
{
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly))
        return false;
    switch (format) {
    case PictureFormat::Png:
        return QImageWriter(&buffer, "png").write(widget.grab().toImage());
    case PictureFormat::Svg:
        return drawOn<SvgCanvas>(widget, buffer, options);
    case PictureFormat::Pdf:
        if (!drawOn<PdfCanvas>(widget, buffer, options))
            return false;
        if (options.reproducible)
            makePdfReproducible(bytes);
        return true;
    }
    return false;
}
} // namespace

std::optional<PictureFormat> pictureFormat(const QString& path)
{
    if (path.endsWith(QLatin1String(".png")))
        return PictureFormat::Png;
    if (path.endsWith(QLatin1String(".svg")))
        return PictureFormat::Svg;
    if (path.endsWith(QLatin1String(".pdf")))
        return PictureFormat::Pdf;
    return std::nullopt;
}

Outcome savePicture(QWidget& widget, const QString& path, const PictureOptions& options)
{
    const std::string name = path.toStdString();
    const std::optional<PictureFormat> format = pictureFormat(path);
    if (!format)
        return Error{"the picture's name '" + name + "' has to end in .png, .svg or .pdf"};
    for (int i = 0; i < kTurns; ++i)
        QApplication::processEvents();
    if (QWidget* focused = QApplication::focusWidget())
        focused->clearFocus();
    QByteArray bytes;
    if (!draw(widget, *format, options, bytes))
        return Error{"cannot draw the picture '" + name + "'; there may be too little memory for one of its size"};
    QSaveFile file(path);
    file.setDirectWriteFallback(true); // where the folder takes no new files
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{"cannot write the picture '" + name + "': " + file.errorString().toStdString()};
    return Done{};
}

} // namespace daemonscope
