// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/recordtext.h"

#include "engine/forkpath.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace daemonscope::engine::report {
namespace {

/// Most records fit in it.
constexpr std::size_t usualSize = 384;

/// Memory of the record that is being put together, while there is one thread and no other such record.
struct CommonMemory {
    std::array<char, usualSize> bytes{};
    bool isTaken = false;
};
DAEMONSCOPE_DATA_IN_EACH_FORK constinit CommonMemory commonMemory;

} // namespace

DAEMONSCOPE_IN_EACH_FORK RecordText::~RecordText()
{
    if (begin_ == commonMemory.bytes.data())
        commonMemory.isTaken = false;
}

DAEMONSCOPE_IN_EACH_FORK void copyBytes(char* to, std::string_view from)
{
    constexpr std::size_t few = 1024;
    if (from.size() > few) {
        std::memcpy(to, from.data(), from.size());
        return;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] = from[i];
        asm volatile(""); // else the compiler makes a call of memcpy() of it
    }
}

DAEMONSCOPE_IN_EACH_FORK void RecordText::append(std::string_view text)
{
    if (room_ - size_ < text.size())
        grow(text.size());
    copyBytes(begin_ + size_, text);
    size_ += text.size();
}

DAEMONSCOPE_IN_EACH_FORK void RecordText::append(char byte)
{
    if (room_ == size_)
        grow(1);
    begin_[size_++] = byte;
}

DAEMONSCOPE_IN_EACH_FORK void RecordText::append(std::int64_t number)
{
    constexpr std::uint64_t base = 10;
    std::array<char, 20> digits; // NOLINT(cppcoreguidelines-pro-type-member-init): of 64 bits, written from the end
    std::size_t first = digits.size();
    // Not negated as it is: the lowest number has no counterpart.
    auto rest = static_cast<std::uint64_t>(number);
    if (number < 0) {
        append('-');
        rest = 0 - rest;
    }
    do {
        digits[--first] = static_cast<char>('0' + rest % base);
        rest /= base;
    } while (rest > 0);
    append(std::string_view(&digits[first], digits.size() - first));
}

DAEMONSCOPE_IN_EACH_FORK void RecordText::grow(std::size_t more)
{
    if (!begin_ && more <= usualSize && isOnlyThread() && !commonMemory.isTaken) {
        commonMemory.isTaken = true;
        begin_ = commonMemory.bytes.data();
        room_ = usualSize;
        return;
    }
    const std::size_t room = std::max({usualSize, 2 * room_, size_ + more});
    auto larger = std::make_unique_for_overwrite<char[]>(room); // NOLINT(modernize-avoid-c-arrays)
    if (begin_) {
        copyBytes(larger.get(), view());
        if (begin_ == commonMemory.bytes.data())
            commonMemory.isTaken = false;
    }
    onHeap_ = std::move(larger);
    begin_ = onHeap_.get();
    room_ = room;
}

} // namespace daemonscope::engine::report
