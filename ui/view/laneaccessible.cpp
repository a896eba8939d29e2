// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/laneaccessible.h"

#include "ui/model/timelinetext.h"
#include "ui/view/laneoverlay.h"

#include <QAccessible>
#include <QAccessibleInterface>
#include <QAccessibleWidget>

#include <unordered_map>

namespace daemonscope {

namespace {

/// One lane. It holds the process, not the position: a lane that moves stays the same child.
class LaneItemAccessible : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    LaneItemAccessible(LaneOverlay* overlay, ProcessIndex process)
        : overlay_(overlay)
        , process_(process)
    {
    }

    [[nodiscard]] bool isValid() const override
    {
        return overlay_ != nullptr && overlay_->lanes().laneOf(process_) >= 0;
    }
    [[nodiscard]] QObject* object() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(overlay_);
    }
    [[nodiscard]] QAccessibleInterface* child(int) const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    [[nodiscard]] ProcessIndex process() const { return process_; }

    [[nodiscard]] QString text(QAccessible::Text what) const override
    {
        if (!isValid() || (what != QAccessible::Name && what != QAccessible::Value)) {
            return {};
        }
        return timelinetext::lane(overlay_->tree(), process_, overlay_->cursor());
    }
    void setText(QAccessible::Text, const QString&) override { }

    [[nodiscard]] QRect rect() const override
    {
        const QRect row = overlay_->rowOf(process_).toAlignedRect();
        return {overlay_->mapToGlobal(row.topLeft()), row.size()};
    }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::ListItem; }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State state;
        state.selectable = true;
        state.focusable = true;
        const QRectF row = overlay_->rowOf(process_);
        state.offscreen = row.bottom() <= LaneOverlay::kStrip || row.top() >= overlay_->height();
        return state;
    }
    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
    }
    [[nodiscard]] QStringList actionNames() const override { return {pressAction()}; }
    void doAction(const QString&) override { overlay_->selectLane(overlay_->lanes().laneOf(process_)); }
    [[nodiscard]] QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    LaneOverlay* overlay_;
    ProcessIndex process_;
};

class LaneListAccessible : public QAccessibleWidget {
public:
    explicit LaneListAccessible(LaneOverlay* overlay)
        : QAccessibleWidget(overlay, QAccessible::List)
        , overlay_(overlay)
    {
    }
    ~LaneListAccessible() override
    {
        for (const auto& [process, id] : items_) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }
    LaneListAccessible(const LaneListAccessible&) = delete;
    LaneListAccessible& operator=(const LaneListAccessible&) = delete;

    [[nodiscard]] int childCount() const override { return overlay_->lanes().size(); }
    [[nodiscard]] QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount()) {
            return nullptr;
        }
        const ProcessIndex process = overlay_->lanes().at(index).process;
        const auto known = items_.find(process);
        if (known != items_.end()) {
            return QAccessible::accessibleInterface(known->second);
        }
        auto* item = new LaneItemAccessible(overlay_, process); // owned by QAccessible's registry
        items_.emplace(process, QAccessible::registerAccessibleInterface(item));
        return item;
    }
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override
    {
        const QPoint at = overlay_->mapFromGlobal(QPoint(x, y));
        return child(at.y() < LaneOverlay::kStrip ? -1 : overlay_->viewport().laneAt(at.y()));
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* item) const override
    {
        const auto* lane = dynamic_cast<const LaneItemAccessible*>(item);
        return lane == nullptr ? -1 : overlay_->lanes().laneOf(lane->process());
    }

private:
    LaneOverlay* overlay_;
    mutable std::unordered_map<ProcessIndex, QAccessible::Id> items_;
};

QAccessibleInterface* makeLaneAccessible(const QString&, QObject* object)
{
    auto* overlay = qobject_cast<LaneOverlay*>(object);
    return overlay == nullptr ? nullptr : new LaneListAccessible(overlay);
}

} // namespace

void installLaneAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeLaneAccessible);
        return true;
    }();
    Q_UNUSED(installed);
}

} // namespace daemonscope
