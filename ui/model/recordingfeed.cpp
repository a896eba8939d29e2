// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/recordingfeed.h"

#include "os/clock.h"

namespace daemonscope {

namespace {
/// 60 looks a second; the program observed does not care, and no display shows more.
constexpr int kPollIntervalMs = 17;
/// What one look may cost, so that a flood of events leaves time for painting.
constexpr std::chrono::milliseconds kFoldBudget{8};
constexpr std::size_t kEventsPerPoll = 2048;
/// While nothing happens only the clock moves on; ten times a second is enough to read it.
constexpr std::chrono::milliseconds kIdleStep{95};
} // namespace

RecordingFeed::RecordingFeed(QObject* parent)
    : RecordingFeed(&monotonicNow, parent)
{
}

RecordingFeed::RecordingFeed(Clock clock, QObject* parent)
    : QObject(parent)
    , clock_(std::move(clock))
{
    timer_.setInterval(kPollIntervalMs);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &RecordingFeed::poll);
}

RecordingFeed::~RecordingFeed() = default;

Outcome RecordingFeed::open(const std::string& path)
{
    auto opened = RecordingReader::open(path);
    if (!opened.ok())
        return opened.error();
    close();
    reader_.emplace(std::move(opened).value());
    path_ = path;
    ended_ = false;
    cutShort_ = false;
    growing_ = reader_->state() == RecordingReader::State::Growing;
    return Done{};
}

void RecordingFeed::close()
{
    timer_.stop();
    Q_EMIT aboutToReset();
    reader_.reset();
    path_.clear();
    tree_ = ProcessTree();
    output_.clear();
    now_ = {};
    growing_ = false;
    ended_ = true;
    cutShort_ = false;
    Q_EMIT wasReset();
}

void RecordingFeed::start()
{
    if (!ended_)
        timer_.start();
}

void RecordingFeed::stop()
{
    timer_.stop();
}

void RecordingFeed::readAll()
{
    if (ended_ || !reader_)
        return;
    fold(std::chrono::hours(1));
    publish();
    checkEnd();
}

void RecordingFeed::poll()
{
    if (!reader_)
        return;
    fold(kFoldBudget);
    publish();
    checkEnd();
}

bool RecordingFeed::fold(std::chrono::nanoseconds budget)
{
    const EventTime until = monotonicNow() + budget;
    do {
        std::vector<Event> events = reader_->poll(kEventsPerPoll);
        if (events.empty())
            return true;
        foldedAny_ = true;
        for (Event& event : events) {
            if (transform_)
                transform_(event);
            tree_.apply(event);
            if (const auto* written = std::get_if<payload::OutputWritten>(&event.payload)) {
                if (const auto bytes = reader_->readOutput(*written); bytes.ok())
                    output_.add(event.time, tree_.find(event.process).value_or(-1), *written, bytes.value());
            }
        }
    } while (monotonicNow() < until);
    return false;
}

void RecordingFeed::publish()
{
    const EventTime before = now_;
    now_ = std::max(now_, tree_.latest());
    // While events wait to be folded, the clock would run ahead of what is known.
    if (growing_ && reader_->atEnd() && tree_.program())
        advance();
    if (std::exchange(foldedAny_, false))
        Q_EMIT changed(tree_.takeChanges());
    else if (now_ != before)
        Q_EMIT timePassed();
}

void RecordingFeed::advance()
{
    const EventTime clock = clock_();
    if (foldedAny_ || clock - now_ >= kIdleStep)
        now_ = std::max(now_, clock);
}

void RecordingFeed::checkEnd()
{
    // The state first: what was committed before the recorder closed the file is then visible to atEnd().
    const RecordingReader::State state = reader_->state();
    if (state == RecordingReader::State::Growing || !reader_->atEnd())
        return;
    ended_ = true;
    growing_ = false;
    const std::string damage = reader_->damage();
    cutShort_ = state == RecordingReader::State::Abandoned || (!damage.empty() && !tree_.complete());
    timer_.stop();
    // A recording that has ended shows the same moments whether it was watched live or is opened later.
    now_ = tree_.latest();
    Q_EMIT timePassed();
    if (!damage.empty())
        Q_EMIT damaged(QString::fromStdString(damage));
    else if (state == RecordingReader::State::Closed)
        Q_EMIT finished();
    else
        Q_EMIT abandoned();
}

} // namespace daemonscope
