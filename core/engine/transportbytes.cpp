// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transportbytes.h"

#include "engine/errors.h"
#include "engine/forkpath.h"

#include <cstring>

namespace daemonscope::engine {

ByteWriter& ByteWriter::integer(std::int64_t value)
{
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
}

ByteWriter& ByteWriter::real(double value)
{
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
}

ByteWriter& ByteWriter::text(std::string_view value)
{
    integer(static_cast<std::int64_t>(value.size()));
    bytes_.append(value);
    return *this;
}

ByteWriter& ByteWriter::texts(const std::vector<std::string>& values)
{
    integer(static_cast<std::int64_t>(values.size()));
    for (const std::string& value : values)
        text(value);
    return *this;
}

DAEMONSCOPE_IN_EACH_FORK std::string_view ByteReader::next(std::uint64_t size)
{
    if (size > rest_.size())
        throw EOFError("Ran out of input");
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
}

DAEMONSCOPE_IN_EACH_FORK std::int64_t ByteReader::integer()
{
    std::int64_t value = 0;
    std::memcpy(&value, next(sizeof value).data(), sizeof value);
    return value;
}

double ByteReader::real()
{
    double value = 0;
    std::memcpy(&value, next(sizeof value).data(), sizeof value);
    return value;
}

DAEMONSCOPE_IN_EACH_FORK std::string ByteReader::text()
{
    return std::string(next(static_cast<std::uint64_t>(integer())));
}

DAEMONSCOPE_IN_EACH_FORK std::vector<std::string> ByteReader::texts()
{
    std::vector<std::string> values;
    for (std::int64_t left = integer(); left > 0; --left)
        values.push_back(text());
    return values;
}

} // namespace daemonscope::engine
