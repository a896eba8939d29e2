// SPDX-FileCopyrightText: The daemonscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view/libraryview.h"

#include "ui/model/librarymodel.h"
#include "ui/model/libraryrecent.h"
#include "ui/theme/badges.h"
#include "ui/theme/theme.h"
#include "ui/view/librarybutton.h"
#include "ui/view/librarydelegate.h"
#include "ui/view/libraryfile.h"
#include "ui/view/librarylabel.h"
#include "ui/view/librarypreview.h"
#include "ui/view/panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QListView>
#include <QPainter>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace daemonscope {

namespace {
constexpr int kListWidth = 384;
constexpr double kRecentRows = 3.5; ///< are in view; the cut row says that there are more
constexpr int kHeadHeight = 52;

/// The ground on which the pages of the preview stand.
class PreviewFrame : public QWidget {
public:
    explicit PreviewFrame(const Theme& theme)
        : theme_(theme)
    {
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paintPanelFrame(painter, QRectF(rect()), {}, {}, theme_);
    }

private:
    const Theme& theme_;
};

QListView* makeList(QAbstractItemModel& model, QStyledItemDelegate* delegate, const char* name, const QString& spoken)
{
    auto* list = new QListView;
    list->setObjectName(QLatin1String(name));
    list->setAccessibleName(spoken);
    list->setModel(&model);
    list->setItemDelegate(delegate);
    delegate->setParent(list);
    list->setSelectionMode(QListView::SingleSelection);
    list->setFrameShape(QFrame::NoFrame);
    list->setVerticalScrollMode(QListView::ScrollPerPixel);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setEditTriggers(QListView::NoEditTriggers);
    list->setUniformItemSizes(true);
    list->setMouseTracking(false);
    list->setTabKeyNavigation(false);
    list->viewport()->setAutoFillBackground(false);
    return list;
}

/// A list, and below it the sentence that stands in its place while it is empty.
QWidget* listOrSentence(QListView* list, QLabel* sentence)
{
    auto* both = new QWidget;
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(list, 1);
    column->addWidget(sentence);
    column->addStretch(0);
    sentence->setContentsMargins(4, 4, 4, 8);
    return both;
}
} // namespace

LibraryView::LibraryView(LibraryModel& lessons, LibraryRecent& recent, const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , theme_(theme)
    , lessons_(lessons)
    , recent_(recent)
    , lessonList_(
          makeList(lessons, new LessonDelegate(theme), "library.lessons", QStringLiteral("Lessons; Enter runs one")))
    , recentList_(makeList(
          recent, new RecentDelegate(theme), "library.recent", QStringLiteral("Recent recordings; Enter opens one")))
    , lessonPanel_(new Panel(QStringLiteral("Lessons"), theme))
    , recentPanel_(new Panel(QStringLiteral("Recent recordings"), theme))
    , noLessons_(libraryLabel(QStringLiteral("There are no lessons."), Type::Body, theme.secondaryText, true))
    , noRecent_(libraryLabel(
          QStringLiteral("Recordings that you open or save are listed here."), Type::Body, theme.secondaryText, true))
    , pages_(new QStackedWidget)
    , nothing_(libraryLabel(QStringLiteral("Choose a lesson or a recording."), Type::Body, theme.secondaryText, true))
    , preview_(new LibraryPreview(theme))
    , file_(new LibraryFile(theme))
{
    setObjectName(QStringLiteral("library"));
    setAccessibleName(QStringLiteral("Library"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kGap);
    column->addWidget(buildHead());
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kGap);
    row->addWidget(buildLists());
    auto* frame = new PreviewFrame(theme);
    auto* inner = new QVBoxLayout(frame);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->addWidget(pages_);
    nothing_->setAlignment(Qt::AlignCenter);
    pages_->addWidget(nothing_);
    pages_->addWidget(preview_);
    pages_->addWidget(file_);
    row->addWidget(frame, 1);
    column->addLayout(row, 1);
    connectLists();
    orderStops();
    lessonsChanged();
    recentChanged();
}

QWidget* LibraryView::buildHead()
{
    auto* head = new QWidget;
    head->setFixedHeight(kHeadHeight);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(4, 0, 0, 0);
    row->setSpacing(8);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(libraryLabel(QStringLiteral("Library"), Type::Title, theme_.text));
    words->addWidget(libraryLabel(QStringLiteral("Programs that each ask one question about processes. Choose one, "
                                                 "guess, run it and look."),
        Type::Body, theme_.secondaryText));
    row->addLayout(words, 1);
    buttons_ = row;
    return head;
}

QWidget* LibraryView::buildLists()
{
    auto* lists = new QWidget;
    lists->setFixedWidth(kListWidth);
    auto* column = new QVBoxLayout(lists);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kGap);
    noLessons_->setObjectName(QStringLiteral("library.noLessons"));
    noRecent_->setObjectName(QStringLiteral("library.noRecent"));
    lessonPanel_->setContent(listOrSentence(lessonList_, noLessons_));
    recentPanel_->setContent(listOrSentence(recentList_, noRecent_));
    column->addWidget(lessonPanel_, 1);
    column->addWidget(recentPanel_);
    return lists;
}

void LibraryView::connectLists()
{
    connect(lessonList_->selectionModel(), &QItemSelectionModel::currentChanged, this, &LibraryView::showLesson);
    connect(recentList_->selectionModel(), &QItemSelectionModel::currentChanged, this, &LibraryView::showRecording);
    // The one that was looked at last is looked at again, after one of the other list.
    lessonList_->installEventFilter(this);
    recentList_->installEventFilter(this);
    connect(lessonList_, &QListView::activated, this, [this](const QModelIndex& index) {
        showLesson(index);
        preview_->runButton().click();
    });
    connect(recentList_, &QListView::activated, this,
        [this](const QModelIndex& index) { Q_EMIT openRequested(index.data(LibraryRecent::PathRole).toString()); });
    connect(preview_, &LibraryPreview::runRequested, this, &LibraryView::runRequested);
    connect(file_, &LibraryFile::openRequested, this, &LibraryView::openRequested);
    connect(file_, &LibraryFile::forgetRequested, &recent_, &LibraryRecent::forget);
    auto* forget = new QShortcut(QKeySequence::Delete, recentList_, nullptr, nullptr, Qt::WidgetShortcut);
    connect(forget, &QShortcut::activated, this,
        [this] { recent_.forget(recentList_->currentIndex().data(LibraryRecent::PathRole).toString()); });
    connect(&lessons_, &QAbstractItemModel::modelReset, this, &LibraryView::lessonsChanged);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&recent_, signal, this, &LibraryView::recentChanged);
    connect(&recent_, &QAbstractItemModel::modelReset, this, &LibraryView::recentChanged);
    connect(&recent_, &QAbstractItemModel::dataChanged, this, &LibraryView::recentChanged);
}

void LibraryView::orderStops()
{
    QList<QWidget*> stops{lessonList_};
    stops << preview_->stops() << recentList_ << file_->stops();
    QWidget* before = nullptr;
    for (QWidget* stop : stops) {
        // Of a group of buttons only the checked one takes the keyboard, but all of them have a place in the order.
        const Qt::FocusPolicy policy = stop->focusPolicy();
        stop->setFocusPolicy(Qt::StrongFocus);
        if (before) {
            const Qt::FocusPolicy policyBefore = before->focusPolicy();
            before->setFocusPolicy(Qt::StrongFocus);
            setTabOrder(before, stop);
            before->setFocusPolicy(policyBefore);
        }
        stop->setFocusPolicy(policy);
        before = stop;
    }
}

bool LibraryView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn && watched == lessonList_)
        showLesson(lessonList_->currentIndex());
    else if (event->type() == QEvent::FocusIn && watched == recentList_)
        showRecording(recentList_->currentIndex());
    return QWidget::eventFilter(watched, event);
}

void LibraryView::showLesson(const QModelIndex& index)
{
    const LibraryLesson* lesson = lessons_.lesson(index);
    if (!lesson)
        return;
    recentList_->selectionModel()->clearSelection();
    lessonList_->selectionModel()->select(index, QItemSelectionModel::ClearAndSelect);
    shownPath_.clear();
    if (preview_->lesson() != lesson->name)
        preview_->setLesson(*lesson);
    pages_->setCurrentWidget(preview_);
}

void LibraryView::showRecording(const QModelIndex& index)
{
    const RecentRecording* recording = recent_.recording(index);
    if (!recording)
        return;
    // The lesson stays the current one of its list, to come back to with the keyboard.
    lessonList_->selectionModel()->clearSelection();
    recentList_->selectionModel()->select(index, QItemSelectionModel::ClearAndSelect);
    shownPath_ = recording->path;
    file_->setRecording(*recording);
    pages_->setCurrentWidget(file_);
}

void LibraryView::lessonsChanged()
{
    const int count = lessons_.rowCount();
    lessonPanel_->setSubtitle(count == 0 ? QString() : QStringLiteral("%1, best in this order").arg(count));
    lessonList_->setVisible(count > 0);
    noLessons_->setVisible(count == 0);
    const QModelIndex kept = lessons_.indexOf(preview_->lesson());
    const QModelIndex index = kept.isValid() ? kept : lessons_.index(0);
    if (const LibraryLesson* lesson = lessons_.lesson(index)) {
        preview_->setLesson(*lesson);
        lessonList_->setCurrentIndex(index);
    } else {
        pages_->setCurrentWidget(nothing_);
    }
}

void LibraryView::recentChanged()
{
    const bool any = recent_.rowCount() > 0;
    recentList_->setVisible(any);
    noRecent_->setVisible(!any);
    const double rows = std::min<double>(recent_.rowCount(), kRecentRows);
    const int height = any ? qRound(rows * recentList_->sizeHintForRow(0)) + space::kPadding : 44;
    recentPanel_->setFixedHeight(space::kPanelHeader + height);
    if (pages_->currentWidget() != file_)
        return;
    const QModelIndex shown = recent_.indexOf(shownPath_);
    if (shown.isValid()) {
        recentList_->setCurrentIndex(shown);
        showRecording(shown);
    } else if (any) {
        recentList_->setCurrentIndex(recent_.index(0));
        showRecording(recent_.index(0));
    } else {
        pages_->setCurrentWidget(nothing_);
        showLesson(lessonList_->currentIndex());
    }
}

void LibraryView::addButton(QAction& action)
{
    auto* button = new LibraryButton({}, theme_);
    button->follow(action);
    buttons_->addWidget(button);
}

void LibraryView::select(const QString& lesson)
{
    const QModelIndex index = lessons_.indexOf(lesson);
    if (!index.isValid())
        return;
    lessonList_->setCurrentIndex(index);
    showLesson(index);
}

void LibraryView::takeFocus()
{
    QListView* list = pages_->currentWidget() == file_ ? recentList_ : lessonList_;
    list->setFocus(Qt::OtherFocusReason);
}

void LibraryView::setProblem(const QString& sentence)
{
    noLessons_->setText(sentence);
}

void LibraryView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    Q_EMIT shown();
}

} // namespace daemonscope
