// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace daemonscope::engine::report {

/// Internal to the engine: the text of a record while it is put together. Like a std::string, but in a process with one
/// thread most records need no memory of their own, and nothing that is done with them goes through libc or libstdc++:
/// a forked child looks up each page of theirs again (engine/forkpath.h). Growing throws std::bad_alloc.
class RecordText {
public:
    RecordText() = default;
    ~RecordText();
    RecordText(const RecordText&) = delete;
    RecordText& operator=(const RecordText&) = delete;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::string_view view() const { return {begin_, size_}; }
    /// The last byte; not if it is empty.
    [[nodiscard]] char& back() { return begin_[size_ - 1]; }
    /// Keeps the first `size` bytes, of which there are as many.
    void cut(std::size_t size) { size_ = size; }

    void append(std::string_view text);
    void append(char byte);
    /// In decimal.
    void append(std::int64_t number);

private:
    void grow(std::size_t more);

    char* begin_ = nullptr; ///< the common memory, or onHeap_
    std::size_t size_ = 0;
    std::size_t room_ = 0;
    std::unique_ptr<char[]> onHeap_; // NOLINT(modernize-avoid-c-arrays): as long as it has to be
};

/// Copies bytes; for few of them without libc.
void copyBytes(char* to, std::string_view from);

} // namespace daemonscope::engine::report
