/// What happens next in a simulation: by time, and at the same time in the order of adding.
struct EventQueue<Event> {
    private var heap: [(time: Int, number: Int, event: Event)] = []
    private var count = 0

    mutating func add(_ event: Event, at time: Int) {
        count += 1
        heap.append((time, count, event))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (Int, Event)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return (first.time, first.event) }
        heap[0] = last
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let least = children.min(by: isBefore), isBefore(least, parent) else { break }
            heap.swapAt(least, parent)
            parent = least
        }
        return (first.time, first.event)
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].time, heap[one].number) < (heap[other].time, heap[other].number)
    }
}
