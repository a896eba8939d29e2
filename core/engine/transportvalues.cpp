// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transportvalues.h"

#include "engine/errors.h"
#include "engine/forkpath.h"
#include "engine/queuebody.h"
#include "engine/sync.h"
#include "engine/transport.h"

#include <algorithm>
#include <memory>
#include <variant>

namespace daemonscope::engine {
namespace {

/// How a value begins. Between processes of one program only, so the numbers may change.
enum class Kind : std::int64_t { None, Bool, Integer, Real, Text, Lock, Event, Queue, Known };

ByteWriter& writeKind(ByteWriter& to, Kind kind)
{
    return to.integer(static_cast<std::int64_t>(kind));
}

/// Whether it was a plain value, which has been written.
bool writePlain(ByteWriter& to, const Value& value)
{
    const Value::Content& content = value.content();
    if (std::holds_alternative<std::monostate>(content))
        writeKind(to, Kind::None);
    else if (const auto* truth = std::get_if<bool>(&content))
        writeKind(to, Kind::Bool).integer(*truth ? 1 : 0);
    else if (const auto* number = std::get_if<std::int64_t>(&content))
        writeKind(to, Kind::Integer).integer(*number);
    else if (const auto* real = std::get_if<double>(&content))
        writeKind(to, Kind::Real).real(*real);
    else if (const auto* text = std::get_if<std::string>(&content))
        writeKind(to, Kind::Text).text(*text);
    else
        return false;
    return true;
}

Value readPlain(ByteReader& from, Kind kind)
{
    switch (kind) {
    case Kind::None:
        return {};
    case Kind::Bool:
        return from.integer() != 0;
    case Kind::Integer:
        return from.integer();
    case Kind::Real:
        return from.real();
    case Kind::Text:
        return from.text();
    default:
        throw RuntimeError("a value that another process sent cannot be understood");
    }
}

/// The class of a thing that only a new process may get.
const char* sharedClass(const Value& value)
{
    if (std::holds_alternative<std::shared_ptr<Lock>>(value.content()))
        return "Lock";
    return std::holds_alternative<std::shared_ptr<Event>>(value.content()) ? "Condition" : "Queue";
}

} // namespace

bool SharingWriter::isKnown(ByteWriter& to, const void* thing)
{
    const auto found = std::ranges::find(things_, thing);
    if (found == things_.end()) {
        things_.push_back(thing);
        return false;
    }
    writeKind(to, Kind::Known).integer(found - things_.begin());
    return true;
}

/// Each descriptor goes once.
std::size_t SharingWriter::indexOf(int descriptor)
{
    const auto found = std::ranges::find(descriptors_, descriptor);
    const auto index = static_cast<std::size_t>(found - descriptors_.begin());
    if (found == descriptors_.end())
        descriptors_.push_back(descriptor);
    return index;
}

void SharingWriter::block(ByteWriter& to, const SharedBlock& block)
{
    if (block.descriptor() < 0)
        throw RuntimeError(
            "A SemLock created in a fork context is being shared with a process in a spawn context. This is "
            "not supported. Please use the same context to create multiprocessing objects and Process.");
    to.integer(static_cast<std::int64_t>(indexOf(block.descriptor())));
    to.integer(static_cast<std::int64_t>(block.offset())).integer(static_cast<std::int64_t>(block.count()));
}

void SharingWriter::value(ByteWriter& to, const Value& value)
{
    if (writePlain(to, value))
        return;
    const Value::Content& content = value.content();
    if (const auto* lock = std::get_if<std::shared_ptr<Lock>>(&content)) {
        if (!isKnown(to, lock->get()))
            block(writeKind(to, Kind::Lock), (*lock)->block());
    } else if (const auto* event = std::get_if<std::shared_ptr<Event>>(&content)) {
        if (!isKnown(to, event->get()))
            block(writeKind(to, Kind::Event), (*event)->block());
    } else if (const auto* queue = std::get_if<std::shared_ptr<Queue>>(&content)) {
        if (isKnown(to, queue->get()))
            return;
        const QueueBody& body = (*queue)->body();
        block(writeKind(to, Kind::Queue), body.block());
        for (const int end : {body.reader(), body.writer()})
            to.integer(static_cast<std::int64_t>(indexOf(end)));
    }
}

/// To be taken once.
UniqueFd SharingReader::descriptor(std::size_t index) const
{
    if (index >= descriptors_.size())
        throw RuntimeError("a descriptor of what is shared was not sent");
    return UniqueFd(descriptors_[index]);
}

std::unique_ptr<SharedBlock> SharingReader::block(ByteReader& from)
{
    const auto index = static_cast<std::size_t>(from.integer());
    const auto offset = static_cast<std::size_t>(from.integer());
    const auto count = static_cast<std::size_t>(from.integer());
    std::shared_ptr<SharedMemory>& memory = memories_[index];
    if (!memory)
        memory = SharedMemory::received(descriptor(index));
    return SharedBlock::received(memory, offset, count);
}

DAEMONSCOPE_IN_EACH_FORK Value SharingReader::value(ByteReader& from)
{
    const auto kind = static_cast<Kind>(from.integer());
    switch (kind) {
    case Kind::Lock:
        things_.emplace_back(std::make_shared<Lock>(block(from)));
        return things_.back();
    case Kind::Event:
        things_.emplace_back(std::make_shared<Event>(block(from)));
        return things_.back();
    case Kind::Queue: {
        auto locks = block(from);
        UniqueFd reader = descriptor(static_cast<std::size_t>(from.integer()));
        UniqueFd writer = descriptor(static_cast<std::size_t>(from.integer()));
        things_.emplace_back(std::make_shared<Queue>(
            std::make_unique<QueueBody>(std::move(locks), std::move(reader), std::move(writer))));
        return things_.back();
    }
    case Kind::Known:
        return things_.at(static_cast<std::size_t>(from.integer()));
    default:
        return readPlain(from, kind);
    }
}

std::string packValue(const Value& value)
{
    ByteWriter bytes;
    if (!writePlain(bytes, value))
        throw RuntimeError(
            std::string(sharedClass(value)) + " objects should only be shared between processes through inheritance");
    return bytes.take();
}

Value unpackValue(const std::string& bytes)
{
    ByteReader from(bytes);
    const auto kind = static_cast<Kind>(from.integer());
    return readPlain(from, kind);
}

} // namespace daemonscope::engine
