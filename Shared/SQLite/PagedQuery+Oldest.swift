import Kernel

extension Queryable {
    /// Part of a list in the other order, the oldest first, so that new rows move none to another
    /// place. It costs what two pages cost.
    /// - Parameter start: from 1.
    public func oldest<T>(
        _ query: PagedQuery, from start: Int, count: Int, _ values: Value...,
        map: (Row) throws -> T
    ) throws -> (items: [T], total: Int) {
        func page(_ number: Int, _ size: Int) throws -> Page<T> {
            try self.page(
                query, PageRequest(page: number, size: size), within: KeyRange(), values: values,
                map: map)
        }
        let total = try page(1, 0).total
        let size = min(count, total - start + 1)
        guard size > 0 else { return ([], total) }
        let offset = total - (start - 1) - size
        let first = offset / size + 1
        let found = try page(first, size).items + page(first + 1, size).items
        let items = found.dropFirst(offset - (first - 1) * size).prefix(size)
        return (items.reversed(), total)
    }
}
