// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the timeline alone, to be looked at: shoottimeline OUT.png [teaching|odd|LANES] [light|dark] [WxH]
// [SECONDS]
#include "timelinestories.h"

#include "ui/model/recordingfeed.h"
#include "ui/model/viewstate.h"
#include "ui/theme/theme.h"
#include "ui/view/timelineview.h"

#include <QApplication>
#include <QTemporaryDir>

using namespace daemonscope;

int main(int argc, char** argv)
{
    prepareApplication();
    QApplication application(argc, argv);
    const QStringList words = QApplication::arguments();
    const auto word = [&words](int at, const char* other) {
        return words.size() > at ? words[at] : QString::fromLatin1(other);
    };
    const Theme* theme = Theme::byName(word(3, "light"));
    const Theme& look = theme != nullptr ? *theme : Theme::light();
    setupApplication(application, look);

    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("story.dscope")).toStdString();
    const QString story = word(2, "teaching");
    stories::record(path, [&story](RecordingWriter& writer) {
        if (story == QLatin1String("teaching")) {
            stories::writeTeaching(writer);
        } else if (story == QLatin1String("odd")) {
            stories::writeOddities(writer);
        } else {
            stories::writeFamilies(writer, story.toInt(), 7, 3);
        }
    });
    RecordingFeed feed;
    if (!feed.open(path).ok()) {
        return 1;
    }
    ViewState state;
    TimelineView view(feed, state, look, nullptr);
    QObject::connect(&feed, &RecordingFeed::changed, &state, [&] { state.setLatest(feed.now()); });
    feed.readAll();
    state.setLatest(feed.now());
    const QStringList size = word(4, "1400x380").split(u'x');
    view.resize(size.value(0).toInt(), size.value(1).toInt());
    if (words.size() > 5) {
        state.setTime(feed.tree().start() + EventTime(static_cast<std::int64_t>(words[5].toDouble() * 1e9)));
    }
    view.show();
    for (int i = 0; i < 5; ++i) {
        QApplication::processEvents();
    }
    return view.grab().save(words.value(1)) ? 0 : 1;
}
