// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/yamltree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace daemonscope::scenario {
namespace {

constexpr std::size_t maxKeys = 1000; // of a mapping: each is compared with all others

void checkUtf8(std::string_view text, Position position);

Position positionOf(const YAML::Mark& mark)
{
    if (mark.line < 0 || mark.column < 0)
        return {};
    return {static_cast<unsigned>(mark.line) + 1, static_cast<unsigned>(mark.column) + 1};
}

/// Whether the quoted text that begins at `start` has its second quote. The parser takes the end of the file for one.
bool isClosed(std::string_view text, std::size_t start)
{
    const char quote = text[start];
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        const bool escapes = quote == '"' ? text[i] == '\\' : text.substr(i, 2) == "''";
        if (escapes)
            ++i;
        else if (text[i] == quote)
            return true;
    }
    return false;
}

/// Builds the tree from the parser's events, so that nothing the format does not have is ever held in memory.
class YamlTreeBuilder : public YAML::EventHandler {
public:
    /// `text` is what is parsed.
    explicit YamlTreeBuilder(std::string_view text)
        : text_(text)
    {
    }
    [[nodiscard]] YamlNode take() { return std::move(root_); }
    [[nodiscard]] bool any() const { return documents_ > 0; }

    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (++documents_ > 1)
            throw ReadError{positionOf(mark), "expected one YAML document, not a second one"};
    }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        refuse(mark, {}, anchor);
        YamlNode node;
        node.position = positionOf(mark);
        add(std::move(node));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override
    {
        throw ReadError{positionOf(mark), "expected a file without anchors and aliases"};
    }
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override
    {
        refuse(mark, tag, anchor);
        const auto start = static_cast<std::size_t>(std::max(mark.pos, 0));
        if (start < text_.size() && (text_[start] == '"' || text_[start] == '\'') && !isClosed(text_, start))
            throw ReadError{positionOf(mark),
                std::string("expected another ") + text_[start] + " at the end of the text that begins here"};
        checkUtf8(value, positionOf(mark)); // it may come from escapes
        YamlNode node;
        node.kind = tag == "!" ? YamlNode::Kind::Quoted : YamlNode::Kind::Plain;
        node.position = positionOf(mark);
        node.text = value;
        add(std::move(node));
    }
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(YamlNode::Kind::List, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(YamlNode::Kind::Map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    static void refuse(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor)
    {
        if (anchor != YAML::NullAnchor)
            throw ReadError{positionOf(mark), "expected a file without anchors and aliases"};
        // The parser says "?" for what has none, and "!" for a quoted text.
        if (!tag.empty() && tag != "?" && tag != "!")
            throw ReadError{positionOf(mark), "expected a file without tags such as " + quotedInMessage(tag)};
    }
    void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor)
    {
        refuse(mark, tag, anchor);
        if (open_.size() >= maxScenarioLevels) {
            throw ReadError{
                positionOf(mark), "expected at most " + std::to_string(maxScenarioLevels) + " levels of nesting"};
        }
        YamlNode node;
        node.kind = kind;
        node.position = positionOf(mark);
        open_.push_back(std::move(node));
    }
    void close()
    {
        YamlNode node = std::move(open_.back());
        open_.pop_back();
        add(std::move(node));
    }
    void add(YamlNode node)
    {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        YamlNode& parent = open_.back();
        if (parent.kind == YamlNode::Kind::List) {
            parent.items.push_back(std::move(node));
        } else if (parent.keys.size() == parent.items.size()) {
            if (!node.isText())
                throwExpected(node, "a word as the key");
            if (parent.keys.size() >= maxKeys)
                throw ReadError{node.position, "expected at most " + std::to_string(maxKeys) + " keys"};
            if (parent.find(node.text))
                throw ReadError{node.position, "expected each key once, not " + quotedInMessage(node.text) + " again"};
            parent.keys.push_back(std::move(node));
        } else {
            if (node.kind == YamlNode::Kind::Null)
                node.position = parent.keys.back().position; // the parser says where the next thing stands
            parent.items.push_back(std::move(node));
        }
    }

    std::string_view text_;
    YamlNode root_;
    std::vector<YamlNode> open_;
    unsigned documents_ = 0;
};

/// The length of the UTF-8 character at the beginning of `text`; 0 if there is none.
std::size_t characterLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80)
        return 1;
    const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U)
            return 0;
    }
    // Too long a form, a surrogate, or beyond U+10FFFF.
    const bool bad = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) >= 0xa0)
        || (byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) >= 0x90);
    return bad ? 0 : length;
}

void checkUtf8(std::string_view text, Position position)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = characterLength(text.substr(i));
        if (length == 0)
            throw ReadError{
                position, "expected UTF-8, not the byte " + std::to_string(static_cast<unsigned char>(text[i]))};
        if (text[i] == '\0')
            throw ReadError{position, "expected a text without the character NUL"};
        if (text[i] == '\n')
            position = {position.line + 1, 1};
        else
            ++position.column;
        i += length;
    }
}

} // namespace

const YamlNode* YamlNode::find(std::string_view key) const
{
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i].text == key)
            return i < items.size() ? &items[i] : &keys[i];
    }
    return nullptr;
}

YamlNode readYaml(std::string_view text)
{
    if (text.size() > maxScenarioBytes)
        throw ReadError{{}, "expected a scenario of at most 256 KiB, not " + std::to_string(text.size()) + " bytes"};
    checkUtf8(text, {1, 1});
    constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(byteOrderMark))
        text.remove_prefix(byteOrderMark.size());
    std::istringstream stream{std::string(text)};
    YamlTreeBuilder builder(text);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) { }
    } catch (const YAML::Exception& error) {
        throw ReadError{positionOf(error.mark), "expected YAML, but this is none: " + error.msg};
    }
    if (!builder.any())
        throw ReadError{{}, "expected a scenario, not an empty file"};
    return builder.take();
}

} // namespace daemonscope::scenario
