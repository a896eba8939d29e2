// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "event/event.h"

/// The fields of every payload, named once: the binary form, the JSON form and the text are all made from this list.
/// A codec is a callable `codec(name, field)`; the order of the calls is the binary order, so: append only.
namespace daemonscope::fields {

using namespace payload; // NOLINT(google-build-using-namespace): the names below are all payloads

// clang-format off
template <class C> void visit(C& c, RecordingStarted& e) { c("argv", e.argv); c("cwd", e.workingDirectory); c("wall_clock_ns", e.wallClockNs); c("kernel", e.kernelWitness); c("runtime", e.runtimeWitness); c("output_mode", e.outputMode); c("output_attributed", e.outputAttributed); c("recorder_version", e.recorderVersion); c("recorder_pid", e.recorderPid); c("control_socket", e.controlSocket); c("sample_ns", e.sampleNs); c("kill_calls", e.killCalls); c("reaping", e.reaping); c("kernel_means", e.kernelMeans); }
template <class C> void visit(C& c, RecordingEnded& e) { c("reason", e.reason); }
template <class C> void visit(C& c, Lost& e) { c("what", e.what); c("why", e.why); }
template <class C> void visit(C& c, Born& e) { c("parent", e.parent); c("how", e.how); c("parent_thread", e.parentThread); }
template <class C> void visit(C& c, Executed& e) { c("argv", e.argv); c("executable", e.executable); c("cwd", e.workingDirectory); c("unreadable", e.unreadable); }
template <class C> void visit(C& c, SignalDelivered& e) { c("signal", e.signal); c("code", e.code); c("sender_pid", e.senderPid); c("sender_uid", e.senderUid); c("sender", e.sender); }
template <class C> void visit(C& c, KillRequested& e) { c("signal", e.signal); c("target_pid", e.targetPid); c("target", e.target); c("call", e.call); c("members", e.members); c("claimed_code", e.claimedCode); c("claimed_pid", e.claimedPid); }
template <class C> void visit(C& c, Stopped& e) { c("signal", e.signal); }
template <class C> void visit(C&, Continued&) {}
template <class C> void visit(C& c, Exited& e) { c("by_signal", e.bySignal); c("code", e.code); c("core_dumped", e.coreDumped); c("cpu_ns", e.cpuNs); c("max_rss_bytes", e.maxRssBytes); c("status_unknown", e.statusUnknown); c("usage_at_end", e.usageAtEnd); }
template <class C> void visit(C& c, Reparented& e) { c("adopter", e.adopter); c("adopter_pid", e.adopterPid); }
template <class C> void visit(C& c, Reaped& e) { c("by", e.by); c("discarded", e.discarded); c("by_unknown", e.byUnknown); }
template <class C> void visit(C& c, Source& e) { c("place", e.place); c("via", e.via); }
template <class C> void visit(C& c, InterpreterStarted& e) { c("role", e.role); c("version", e.version); c("executable", e.executable); c("argv", e.argv); c("optimize", e.optimize); c("runtime", e.runtime); }
template <class C> void visit(C&, Forked&) {}
template <class C> void visit(C& c, ObjectMade& e) { c("object", e.object); c("name", e.name); c("class", e.className); c("daemon", e.daemon); c("explicit", e.daemonExplicit); c("target", e.target); c("source", e.source); }
template <class C> void visit(C& c, DaemonSet& e) { c("object", e.object); c("name", e.name); c("old", e.oldValue); c("new", e.newValue); c("accepted", e.accepted); c("state", e.state); c("error", e.error); c("source", e.source); }
template <class C> void visit(C& c, NameSet& e) { c("object", e.object); c("name", e.name); }
template <class C> void visit(C& c, StartCalled& e) { c("object", e.object); c("name", e.name); c("daemon", e.daemon); c("source", e.source); }
template <class C> void visit(C& c, StartReturned& e) { c("object", e.object); c("child", e.child); c("child_pid", e.childPid); c("method", e.method); }
template <class C> void visit(C& c, StartRefused& e) { c("object", e.object); c("name", e.name); c("exception", e.exceptionType); c("message", e.message); c("source", e.source); }
template <class C> void visit(C& c, Bootstrapped& e) { c("object", e.object); c("name", e.name); c("daemon", e.daemon); c("logical_parent", e.logicalParent); c("logical_parent_pid", e.logicalParentPid); c("class", e.className); c("target", e.target); c("method", e.method); }
template <class C> void visit(C& c, ExceptionRaised& e) { c("exception", e.type); c("message", e.message); c("traceback", e.traceback); }
template <class C> void visit(C& c, TargetEnded& e) { c("code", e.code); }
template <class C> void visit(C&, MainCodeEnded&) {}
template <class C> void visit(C& c, JoinBegun& e) { c("object", e.object); c("timeout_ns", e.timeoutNs); c("at_exit", e.atExit); c("source", e.source); }
template <class C> void visit(C& c, JoinEnded& e) { c("object", e.object); c("code", e.code); c("error", e.error); }
template <class C> void visit(C& c, TerminateCalled& e) { c("object", e.object); c("child", e.child); c("kill", e.kill); c("source", e.source); }
template <class C> void visit(C& c, SignalSent& e) { c("child", e.child); c("child_pid", e.childPid); c("signal", e.signal); c("at_exit", e.atExit); }
template <class C> void visit(C& c, ChildReaped& e) { c("child", e.child); c("child_pid", e.childPid); c("code", e.code); }
template <class C> void visit(C& c, ObjectClosed& e) { c("object", e.object); c("accepted", e.accepted); }
template <class C> void visit(C& c, ExitCandidate& e) { c("object", e.object); c("name", e.name); }
template <class C> void visit(C& c, ExitSequenceBegun& e) { c("daemons", e.daemons); c("others", e.others); }
template <class C> void visit(C& c, ExitSequenceStep& e) { c("step", e.kind); c("name", e.name); c("child", e.child); }
template <class C> void visit(C&, ExitSequenceEnded&) {}
template <class C> void visit(C& c, InterpreterExiting& e) { c("exception", e.exceptionType); c("message", e.message); }
template <class C> void visit(C& c, ThreadStarted& e) { c("name", e.name); c("daemon", e.daemon); c("ident", e.ident); }
template <class C> void visit(C& c, ThreadEnded& e) { c("name", e.name); c("ident", e.ident); }
template <class C> void visit(C& c, RuntimeCall& e) { c("call", e.call); c("detail", e.detail); c("target_pid", e.targetPid); c("signal", e.signal); c("target", e.target); c("source", e.source); }
template <class C> void visit(C& c, HookGap& e) { c("lost", e.lost); }
template <class C> void visit(C& c, HookError& e) { c("where", e.where); c("message", e.message); }
template <class C> void visit(C& c, OutputWritten& e) { c("stream", e.stream); c("size_bytes", e.sizeBytes); c("file_offset", e.fileOffset); }
template <class C> void visit(C& c, StepReached& e) { c("source", e.source); c("thread", e.thread); }
template <class C> void visit(C& c, ResourceSampled& e) { c("cpu_ns", e.cpuNs); c("rss_bytes", e.rssBytes); c("threads", e.threads); c("since_look_ns", e.sinceLookNs); }
template <class C> void visit(C& c, ControlRequested& e) { c("request", e.request); c("signal", e.signal); c("target", e.target); c("peer_pid", e.peerPid); c("peer_uid", e.peerUid); }
template <class C> void visit(C& c, KillReturned& e) { c("signal", e.signal); c("target_pid", e.targetPid); c("target", e.target); c("call", e.call); c("error", e.error); c("members", e.members); }
template <class C> void visit(C& c, ParentDeathSignalSet& e) { c("signal", e.signal); }
template <class C> void visit(C& c, ParentThreadEnded& e) { c("parent", e.parent); c("thread", e.thread); }
template <class C> void visit(C& c, PidNamespaceSeen& e) { c("space", e.space); c("pids", e.pids); c("leader", e.leader); }
template <class C> void visit(C& c, OutputDropped& e) { c("stream", e.stream); c("size_bytes", e.sizeBytes); }
template <class C> void visit(C& c, Ability& e) { c("what", e.what); c("available", e.available); c("words", e.words); }
template <class C> void visit(C& c, CaptureStatement& e) { c("abilities", e.abilities); }
template <class C> void visit(C& c, ProcessId& e) { c("pid", e.pid); c("serial", e.serial); }
template <class C> void visit(C& c, ObjectId& e) { c("creator", e.creator); c("identity", e.identity); }
// clang-format on

} // namespace daemonscope::fields
