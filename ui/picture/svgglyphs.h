// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QPointF>
#include <QRawFont>

class QFont;
class QXmlStreamWriter;

namespace daemonscope {

/// The outlines of the letters of one SVG picture: each is in it once, however often it is seen. With them a picture
/// looks the same where its fonts are not installed.
class SvgGlyphs {
public:
    /// Writes `text` in `font` with its baseline beginning at `origin`, in the colour of the element around it. False,
    /// and nothing is written, if the font has no outlines for some of it (pictures instead, as emoji have).
    [[nodiscard]] bool write(QXmlStreamWriter& xml, QPointF origin, const QString& text, const QFont& font);

private:
    struct Letter {
        QString id;
        QPointF at;
    };
    /// The id of a letter's outline, which is written if it has not been; empty if it has none.
    QString outline(QXmlStreamWriter& xml, int font, quint32 glyph);
    int numberOf(const QRawFont& font);

    QList<QRawFont> fonts_;
    QHash<std::pair<int, quint32>, QString> ids_; ///< of what is in the picture, or empty: by font and glyph
};

} // namespace daemonscope
