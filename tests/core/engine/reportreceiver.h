// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/uniquefd.h"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <list>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace daemonscope::test {

/// A record as it came, and from whom by the kernel's word.
struct ReportRecord {
    std::string bytes;
    int peerPid = 0;
    int connection = 0; ///< number of the connection, from 1 in the order of acceptance
    int packet = 0;     ///< number of the packet that it came in, from 1 in the order of reading

    /// Null if it is not JSON as the parser knows it (a lone surrogate is not).
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(bytes, nullptr, false); }
};

/// The receiver's side of docs/hook-protocol.md, as patient as a test needs: it accepts and reads when it is asked to.
class ReportReceiver {
public:
    explicit ReportReceiver(const std::string& path, int backlog = SOMAXCONN)
        : listener_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        ::unlink(path.c_str());
        const sockaddr_un address = addressOf(path);
        isListening_ = ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
            && ::listen(listener_.get(), backlog) == 0;
    }

    static sockaddr_un addressOf(const std::string& path)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        return address;
    }

    [[nodiscard]] bool isListening() const { return isListening_; }
    /// The next record of any connection; nothing if none came in `milliseconds`.
    std::optional<ReportRecord> next(int milliseconds = 30000)
    {
        for (;;) {
            if (!records_.empty()) {
                ReportRecord record = std::move(records_.front());
                records_.pop_front();
                return record;
            }
            accept();
            std::vector<pollfd> waited{{listener_.get(), POLLIN, 0}};
            for (const Connection& connection : connections_)
                waited.push_back({connection.socket.get(), POLLIN, 0});
            if (::poll(waited.data(), waited.size(), milliseconds) <= 0)
                return std::nullopt;
            auto connection = connections_.begin();
            for (std::size_t i = 1; i < waited.size(); ++i) {
                if (waited[i].revents == 0) {
                    ++connection;
                    continue;
                }
                if (read(*connection)) {
                    // To the end of the queue, so that one that never pauses does not keep the others from being heard.
                    connections_.splice(connections_.end(), connections_, connection);
                    break;
                }
                ++hangUps_;
                connection = connections_.erase(connection);
            }
        }
    }
    /// The next record with this event; others are passed over.
    std::optional<ReportRecord> next(const std::string& event)
    {
        while (auto record = next()) {
            if (record->json().is_object() && record->json().value("e", "") == event)
                return record;
        }
        return std::nullopt;
    }
    [[nodiscard]] int hangUps() const { return hangUps_; }

private:
    struct Connection {
        UniqueFd socket;
        int peerPid = 0;
        int number = 0;
    };

    void accept()
    {
        for (;;) {
            UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (!socket.valid())
                return;
            ucred peer{};
            socklen_t size = sizeof peer;
            ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
            connections_.push_back({std::move(socket), peer.pid, ++accepted_});
        }
    }
    /// A packet's records; false if there is none any more.
    bool read(const Connection& connection)
    {
        std::array<char, 65536> buffer{};
        const ssize_t size = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
        if (size <= 0)
            return false;
        ++packets_;
        std::istringstream packet(std::string(buffer.data(), static_cast<std::size_t>(size)));
        for (std::string line; std::getline(packet, line);)
            records_.push_back({line, connection.peerPid, connection.number, packets_});
        return true;
    }

    UniqueFd listener_;
    bool isListening_ = false;
    std::list<Connection> connections_;
    int accepted_ = 0;
    int hangUps_ = 0;
    int packets_ = 0;
    std::deque<ReportRecord> records_; ///< read, and not asked for yet
};

} // namespace daemonscope::test
