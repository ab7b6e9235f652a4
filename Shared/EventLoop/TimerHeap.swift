/// Timers in a binary heap, earliest first.
struct TimerHeap {
    /// A struct, as functions in a tuple would allocate each time that they are read as an
    /// element.
    struct Timer {
        let due: Ticks
        let body: () -> Void
    }

    private var items: [Timer] = []

    /// When the earliest is due.
    var next: Ticks { items.first?.due ?? .distantFuture }

    mutating func insert(at due: Ticks, _ body: @escaping () -> Void) {
        items.append(Timer(due: due, body: body))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].due < items[parent].due else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the earliest if its time has come.
    mutating func popDue(_ now: Ticks) -> Timer? {
        guard let first = items.first, first.due <= now else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)..<(2 * parent + 3)
            where child < items.count && items[child].due < items[least].due {
                least = child
            }
            guard least != parent else { break }
            items.swapAt(parent, least)
            parent = least
        }
        return first
    }
}
