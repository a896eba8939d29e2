// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/payloads.h"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace daemonscope {

/// Who saw it.
enum class Witness : std::uint8_t { Recorder, Kernel, Runtime, Output };

/// Every payload there is. The order of the alternatives is the type number in a recording (docs/recording-format.md):
/// append only.
using AnyPayload = std::variant<payload::RecordingStarted, payload::RecordingEnded, payload::Lost, payload::Born,
    payload::Executed, payload::SignalDelivered, payload::KillRequested, payload::Stopped, payload::Continued,
    payload::Exited, payload::Reparented, payload::Reaped, payload::InterpreterStarted, payload::Forked,
    payload::ObjectMade, payload::DaemonSet, payload::NameSet, payload::StartCalled, payload::StartReturned,
    payload::StartRefused, payload::Bootstrapped, payload::ExceptionRaised, payload::TargetEnded,
    payload::MainCodeEnded, payload::JoinBegun, payload::JoinEnded, payload::TerminateCalled, payload::SignalSent,
    payload::ChildReaped, payload::ObjectClosed, payload::ExitSequenceBegun, payload::ExitSequenceStep,
    payload::ExitSequenceEnded, payload::InterpreterExiting, payload::ThreadStarted, payload::ThreadEnded,
    payload::RuntimeCall, payload::HookGap, payload::HookError, payload::OutputWritten, payload::StepReached,
    payload::ResourceSampled, payload::ControlRequested, payload::KillReturned, payload::ParentDeathSignalSet,
    payload::ParentThreadEnded, payload::PidNamespaceSeen, payload::OutputDropped, payload::CaptureStatement>;

/// What a Payload can be made of: anything but a Payload, or what it derives from.
template <class T>
concept NotYetPayload = !std::derived_from<std::remove_cvref_t<T>, AnyPayload>;

/// One of the payloads: a variant to be visited and asked as any other. It is a class of its own so that copying,
/// moving and destroying half a hundred alternatives is compiled once, in payload.cpp, and not in each file that holds
/// an event.
class Payload : public AnyPayload {
public:
    Payload();
    template <NotYetPayload Alternative>
    Payload(Alternative alternative) // not explicit, as std::variant has it
        : AnyPayload(std::move(alternative))
    {
    }
    Payload(const Payload& other);
    Payload(Payload&& other) noexcept;
    Payload& operator=(const Payload& other);
    Payload& operator=(Payload&& other) noexcept;
    ~Payload();
};

/// One fact: when it happened, to which process, who saw it, and what it was. The one type between capture and
/// meaning.
struct Event {
    EventTime time{};
    ProcessId process;
    Witness witness = Witness::Kernel;
    Payload payload;
};

/// The slug of an event's kind, as `daemonscope events --kind` takes it: "born", "signal-delivered" …
std::string_view kindName(const Payload& payload);
/// All kinds in the order of the Payload's alternatives.
const std::vector<std::string_view>& kindNames();

/// An event as one line of JSON without a newline, times in nanoseconds since `start`; bytes that are not UTF-8 are
/// replaced.
std::string toJsonLine(const Event& event, EventTime start);
/// An event's payload as a sentence's worth of words without time and process: "signal-delivered SIGTERM (15) from
/// 4711".
std::string toText(const Payload& payload);

/// The binary form of a payload (docs/recording-format.md).
std::string encode(const Payload& payload);
/// The payload of type number `type`, or nothing if the bytes are not one; fields that a newer version added are
/// ignored, fields that an older version lacked keep their defaults.
std::optional<Payload> decode(std::uint8_t type, std::string_view bytes);

} // namespace daemonscope
