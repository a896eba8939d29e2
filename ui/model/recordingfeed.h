// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "lifecycle/processtree.h"
#include "recording/reader.h"
#include "ui/model/outputindex.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

namespace daemonscope {

/// Follows a recording file, which may still be growing, and folds what is new into a ProcessTree and an OutputIndex:
/// one batch, one signal, at most 60 times a second. Lives in the GUI thread, as all who listen.
class RecordingFeed : public QObject {
    Q_OBJECT
public:
    /// Where "now" comes from while a recording grows; tests give a clock of their own.
    using Clock = std::function<EventTime()>;

    /// Changes an event before it is folded in.
    using Transform = std::function<void(Event&)>;

    explicit RecordingFeed(QObject* parent = nullptr);
    RecordingFeed(Clock clock, QObject* parent);
    ~RecordingFeed() override;

    /// Turns to another recording: forgets all that was read before (aboutToReset, wasReset), but reads nothing yet.
    /// On an error nothing has changed.
    Outcome open(const std::string& path);
    /// From now on every event goes through `transform` first; for pictures that do not depend on pids and jitter.
    void setTransform(Transform transform) { transform_ = std::move(transform); }
    /// Forgets the recording.
    void close();
    /// Looks for news on a timer from now on, until the recording is closed or damaged.
    void start();
    void stop();
    /// Reads all that is there now, in one batch: for a finished file.
    void readAll();

    /// Processes and what is known of them. The reference stays valid; what it holds changes between aboutToReset() and
    /// wasReset(), and right before changed().
    [[nodiscard]] const ProcessTree& tree() const { return tree_; }
    /// What they wrote.
    [[nodiscard]] const OutputIndex& output() const { return output_; }
    /// The bytes behind the output index; null when nothing is open.
    [[nodiscard]] const RecordingReader* reader() const { return reader_ ? &*reader_ : nullptr; }
    /// The latest moment that is known: the clock while the recording grows, else the last event.
    [[nodiscard]] EventTime now() const { return now_; }
    /// Whether the recorder still writes.
    [[nodiscard]] bool growing() const { return growing_; }
    /// Whether the recording broke off before the program's end: what ran at now() is not known to have gone on.
    [[nodiscard]] bool cutShort() const { return cutShort_; }
    [[nodiscard]] const std::string& path() const { return path_; }

Q_SIGNALS:
    void aboutToReset();
    void wasReset();
    /// New events were folded in. now() has moved too.
    void changed(const daemonscope::ProcessTree::Changes& changes);
    /// Time went on without an event; now() has moved. At most about ten times a second.
    void timePassed();
    /// The recording was closed in order and is read to its end.
    void finished();
    /// The recorder went away without closing the recording; what it wrote is read.
    void abandoned();
    /// The file is read to its end, but not all of it could be: one sentence.
    void damaged(const QString& sentence);

private:
    void poll();
    /// Folds at most what `budget` allows; whether the end of the file was reached.
    bool fold(std::chrono::nanoseconds budget);
    void publish();
    void advance();
    void checkEnd();

    Clock clock_;
    Transform transform_;
    QTimer timer_;
    std::optional<RecordingReader> reader_;
    std::string path_;
    ProcessTree tree_;
    OutputIndex output_;
    EventTime now_{};
    bool growing_ = false;
    bool ended_ = true;
    bool cutShort_ = false;
    bool foldedAny_ = false;
};

} // namespace daemonscope
