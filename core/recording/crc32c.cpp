// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording/crc32c.h"

#include <array>
#include <cstring>

#ifdef __x86_64__
#include <nmmintrin.h>
#endif

namespace daemonscope {

namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> makeCrcTable()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ kReversedPolynomial : crc >> 1;
        table[byte] = crc;
    }
    return table;
}

#ifdef __x86_64__

/// What some number of zero bits does to a crc is linear over its bits: the images of the 32 bits say it all.
using ZerosOperator = std::array<std::uint32_t, 32>;

constexpr std::uint32_t apply(const ZerosOperator& zeros, std::uint32_t crc)
{
    std::uint32_t result = 0;
    for (std::size_t bit = 0; bit < zeros.size(); ++bit)
        result ^= (crc >> bit & 1) != 0 ? zeros[bit] : 0;
    return result;
}

/// The operator for 2^`doublings` zero bits.
constexpr ZerosOperator zeroBits(int doublings)
{
    ZerosOperator zeros{kReversedPolynomial};
    for (std::size_t bit = 1; bit < zeros.size(); ++bit)
        zeros[bit] = 1U << (bit - 1);
    for (int round = 0; round < doublings; ++round) {
        ZerosOperator twice{};
        for (std::size_t bit = 0; bit < zeros.size(); ++bit)
            twice[bit] = apply(zeros, zeros[bit]);
        zeros = twice;
    }
    return zeros;
}

/// Moves a crc over 2^LogBytes zero bytes, by one look into a table for each of its bytes.
template <int LogBytes> std::uint32_t moveOverZeros(std::uint32_t crc)
{
    constexpr int kLogBitsOfByte = 3;
    static constexpr auto kTables = [] {
        constexpr ZerosOperator kZeros = zeroBits(LogBytes + kLogBitsOfByte);
        std::array<std::array<std::uint32_t, 256>, 4> tables{};
        for (std::size_t place = 0; place < tables.size(); ++place) {
            for (std::uint32_t byte = 0; byte < tables[place].size(); ++byte)
                tables[place][byte] = apply(kZeros, byte << (8 * place));
        }
        return tables;
    }();
    return kTables[0][crc & 0xff] ^ kTables[1][crc >> 8 & 0xff] ^ kTables[2][crc >> 16 & 0xff] ^ kTables[3][crc >> 24];
}

std::uint64_t wordAt(const char* at)
{
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// Takes three neighbouring blocks of 2^LogBytes bytes at a time: the instruction has a latency of three cycles, but
/// one can begin in each.
template <int LogBytes>
__attribute__((target("sse4.2"))) std::uint32_t crcOfTriples(const char*& at, std::size_t& left, std::uint32_t seed)
{
    constexpr std::size_t kBlock = std::size_t{1} << LogBytes;
    std::uint64_t crc = seed;
    for (; left >= 3 * kBlock; left -= 3 * kBlock, at += 3 * kBlock) {
        std::uint64_t second = 0;
        std::uint64_t third = 0;
        for (std::size_t offset = 0; offset < kBlock; offset += sizeof(std::uint64_t)) {
            crc = _mm_crc32_u64(crc, wordAt(at + offset));
            second = _mm_crc32_u64(second, wordAt(at + kBlock + offset));
            third = _mm_crc32_u64(third, wordAt(at + 2 * kBlock + offset));
        }
        crc = moveOverZeros<LogBytes>(static_cast<std::uint32_t>(crc)) ^ second;
        crc = moveOverZeros<LogBytes>(static_cast<std::uint32_t>(crc)) ^ third;
    }
    return static_cast<std::uint32_t>(crc);
}

__attribute__((target("sse4.2"))) std::uint32_t crcBySse42(std::string_view bytes, std::uint32_t seed)
{
    constexpr int kLogLongBlock = 12;
    constexpr int kLogShortBlock = 8;
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t crc = crcOfTriples<kLogLongBlock>(at, left, ~seed);
    crc = crcOfTriples<kLogShortBlock>(at, left, static_cast<std::uint32_t>(crc));
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t))
        crc = _mm_crc32_u64(crc, wordAt(at));
    auto narrow = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++at)
        narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
    return ~narrow;
}

#endif

} // namespace

std::uint32_t crc32cPortable(std::string_view bytes, std::uint32_t seed)
{
    static constexpr auto kTable = makeCrcTable();
    std::uint32_t crc = ~seed;
    for (const char byte : bytes)
        crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
    return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed)
{
#ifdef __x86_64__
    static const bool kHasSse42 = __builtin_cpu_supports("sse4.2") != 0;
    if (kHasSse42)
        return crcBySse42(bytes, seed);
#endif
    return crc32cPortable(bytes, seed);
}

} // namespace daemonscope
