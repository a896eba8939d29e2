// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "event/event.h"
#include "event/fields.h"

#include <array>
#include <concepts>
#include <utility>

namespace daemonscope {

namespace {

/// Integers as base-128 varints (signed ones zigzag), strings and lists with their count before them, optionals with
/// one byte before them.
class BinaryEncoder {
public:
    explicit BinaryEncoder(std::string& out)
        : out_(out)
    {
    }

    template <class T> void operator()(const char*, T& field) { put(field); }

private:
    void putUnsigned(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            out_.push_back(static_cast<char>(value | 0x80));
        out_.push_back(static_cast<char>(value));
    }
    template <std::integral T> void put(T value)
    {
        if constexpr (std::signed_integral<T>) {
            const auto wide = static_cast<std::int64_t>(value);
            putUnsigned((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
        } else {
            putUnsigned(value);
        }
    }
    template <class T>
    requires std::is_enum_v<T>
    void put(T value) { putUnsigned(static_cast<std::uint64_t>(value)); }
    void put(const std::string& text)
    {
        putUnsigned(text.size());
        out_ += text;
    }
    template <class T> void put(std::vector<T>& list)
    {
        putUnsigned(list.size());
        for (T& item : list)
            put(item);
    }
    template <class T> void put(std::optional<T>& field)
    {
        out_.push_back(field ? '\1' : '\0');
        if (field)
            put(*field);
    }
    template <class T>
    requires(std::is_class_v<T> && !std::same_as<T, std::string>) void put(T& nested) { fields::visit(*this, nested); }

    std::string& out_;
};

/// Reads what BinaryEncoder wrote. The bytes may be anything: a field that does not fit marks the whole as damaged,
/// and bytes that end early leave the remaining fields at their defaults.
class BinaryDecoder {
public:
    explicit BinaryDecoder(std::string_view bytes)
        : rest_(bytes)
    {
    }

    template <class T> void operator()(const char*, T& field)
    {
        if (!rest_.empty() && !damaged_)
            get(field);
    }
    [[nodiscard]] bool damaged() const { return damaged_; }

private:
    std::uint64_t getUnsigned()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (rest_.empty())
                break;
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80)
                return value;
        }
        damaged_ = true;
        return 0;
    }
    template <std::integral T> void get(T& value)
    {
        const std::uint64_t raw = getUnsigned();
        if constexpr (std::signed_integral<T>)
            value = static_cast<T>(static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1)));
        else
            value = static_cast<T>(raw);
    }
    template <class T>
    requires std::is_enum_v<T>
    void get(T& value) { value = static_cast<T>(getUnsigned()); }
    void get(std::string& text)
    {
        const std::uint64_t size = getUnsigned();
        if (size > rest_.size()) {
            damaged_ = true;
            return;
        }
        text = rest_.substr(0, size);
        rest_.remove_prefix(size);
    }
    template <class T> void get(std::vector<T>& list)
    {
        const std::uint64_t count = getUnsigned();
        // Every item takes at least one byte, and many more in memory: what no recorder writes is not made room for.
        if (count > rest_.size() || count > kMaxItems) {
            damaged_ = true;
            return;
        }
        for (std::uint64_t index = 0; index < count && !damaged_; ++index) {
            damaged_ = rest_.empty();
            if (!damaged_)
                get(list.emplace_back());
        }
    }
    template <class T> void get(std::optional<T>& field)
    {
        const bool present = rest_.front() != '\0';
        rest_.remove_prefix(1);
        if (present)
            get(field.emplace());
    }
    template <class T>
    requires std::is_class_v<T>
    void get(T& nested) { fields::visit(*this, nested); }

    /// More than the arguments of a command line that is read (readCommandLine) or the items of a hook's packet.
    static constexpr std::uint64_t kMaxItems = 1UL << 17;

    std::string_view rest_;
    bool damaged_ = false;
};

template <std::size_t Index> std::optional<Payload> decodeAlternative(std::string_view bytes)
{
    std::variant_alternative_t<Index, AnyPayload> payload;
    BinaryDecoder decoder{bytes};
    fields::visit(decoder, payload);
    if (decoder.damaged())
        return std::nullopt;
    return Payload(std::move(payload));
}

using DecodeFunction = std::optional<Payload> (*)(std::string_view);

template <std::size_t... Indices>
constexpr std::array<DecodeFunction, sizeof...(Indices)> decodeTable(std::index_sequence<Indices...>)
{
    return {&decodeAlternative<Indices>...};
}

} // namespace

std::string encode(const Payload& payload)
{
    std::string bytes;
    BinaryEncoder encoder{bytes};
    // The one field list serves reading and writing, so it takes the payload by plain reference; nothing is changed.
    std::visit([&](auto& alternative) { fields::visit(encoder, alternative); }, const_cast<Payload&>(payload));
    return bytes;
}

std::optional<Payload> decode(std::uint8_t type, std::string_view bytes)
{
    static constexpr auto kTable = decodeTable(std::make_index_sequence<std::variant_size_v<AnyPayload>>{});
    if (type >= kTable.size())
        return std::nullopt;
    return kTable[type](bytes);
}

} // namespace daemonscope
