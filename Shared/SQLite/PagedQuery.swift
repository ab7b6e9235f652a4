import Kernel

/// A list that is read in pages, newest first, with the number of all its rows. The ids of a page
/// come from a covering index alone; only its rows are looked up. If a `LongList` counts the rows,
/// a page costs the same however long the list is, and however far back the page.
public struct PagedQuery: Sendable {
    /// A page, and a page of what is older than a key.
    let page: SQL
    let pageBelow: SQL
    /// The number of all rows, of those from a key on, and of those from one key to another.
    let count: SQL
    let countFrom: SQL
    let countBetween: SQL
    /// The parts of the list; nil if it is not counted in parts.
    let parts: SQL?
    let hidden: SQL?

    /// - Parameters:
    ///   - selected: what is selected. The table is `r` here.
    ///   - key: the primary key. The index contains it, and the columns of `condition` and `order`.
    ///   - joins: with other tables. They keep every row of the page.
    ///   - index: nil for the primary key.
    ///   - source: what the rows are found in, with their key, if that is not the table itself.
    ///   - condition: with parameters from `?1` on.
    ///   - order: columns, each descending. Together they are unique, so that pages are.
    ///   - count: a query for the number of all rows, with the same parameters, if it is kept and
    ///     need not be counted.
    ///   - list: counts the rows that meet `condition`, whose only parameter is the holder, and
    ///     the hidden ones. It has the same order.
    ///   - hidden: a query for the number of rows in `list` that don't meet `condition`; nil if
    ///     there are none. While there are some, pages pass all that is before them.
    public init(
        _ selected: SQL.Parts, from table: StaticString, key: Columns = Columns("id"),
        joining joins: SQL.Parts = "", by index: StaticString? = nil,
        findingIn source: SQL.Parts? = nil, where condition: SQL.Parts,
        newestFirst order: Columns? = nil, count: SQL? = nil, countedBy list: LongList? = nil,
        hidden: SQL? = nil
    ) {
        let order = (order ?? key).names
        let found = source?.text ?? "\(table)" + (index.map { " INDEXED BY \($0)" } ?? "")
        let next = Self.parameters(of: found + condition.text) + 1
        let isSame = key.names.map { "r.\($0) = page.\($0)" }.joined(separator: " AND ")
        func descending(_ alias: String) -> String {
            order.map { "\(alias)\($0) DESC" }.joined(separator: ", ")
        }
        func compared(_ sign: String, _ parameter: Int) -> String {
            let values = order.indices.map { "?\(parameter + $0)" }.joined(separator: ", ")
            return " AND (\(order.joined(separator: ", "))) \(sign) (\(values))"
        }
        func counting(_ range: String) -> SQL {
            SQL(text: "SELECT count(*) FROM \(found) WHERE \(condition.text)\(range)")
        }
        func paging(_ range: String, _ parameter: Int) -> SQL {
            SQL(
                text: """
                    SELECT \(selected.text) FROM (
                        SELECT \(key.list(of: nil)) FROM \(found)
                        WHERE \(condition.text)\(range) ORDER BY \(descending(""))
                        LIMIT ?\(parameter) OFFSET ?\(parameter + 1)
                    ) page CROSS JOIN \(table) r ON \(isSame) \(joins.text)
                    ORDER BY \(descending("r."))
                    """)
        }
        page = paging("", next)
        pageBelow = paging(compared("<", next), next + order.count)
        self.count = count ?? counting("")
        countFrom = counting(compared(">=", next))
        countBetween = counting(compared(">=", next) + compared("<", next + order.count))
        parts = list?.parts(of: order.count)
        self.hidden = hidden
    }

    /// The highest number of a parameter.
    private static func parameters(of condition: String) -> Int {
        condition.split(separator: "?").dropFirst()
            .compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0
    }
}

/// A part of a list, between two keys: values of the columns that order it.
public struct KeyRange: Sendable {
    /// The oldest key that is included.
    public var from: [Value]?
    /// The oldest key that is excluded.
    public var before: [Value]?

    public init(from: [Value]? = nil, before: [Value]? = nil) {
        (self.from, self.before) = (from, before)
    }
}

extension Queryable {
    /// A page of a list, each row mapped.
    public func page<T>(
        _ query: PagedQuery, _ page: PageRequest, _ values: Value..., map: (Row) throws -> T
    ) throws -> Page<T> {
        guard query.parts == nil else {
            return try self.page(query, page, within: KeyRange(), values: values, map: map)
        }
        let place: [Value] = [.int(page.size), .int(page.offset)]
        let items = try rows(query.page, values: values + place, map: map)
        // The last page shows the total: a search that finds little goes through its list once.
        let isLast = items.count < page.size && (page.offset == 0 || !items.isEmpty)
        let total =
            try isLast
            ? page.offset + items.count : row(query.count, values: values) { Int($0.int(0)) } ?? 0
        return Page(items, page, total: total)
    }

    /// A page of a part of a list, each row mapped.
    public func page<T>(
        _ query: PagedQuery, _ page: PageRequest, within range: KeyRange, values: [Value],
        map: (Row) throws -> T
    ) throws -> Page<T> {
        let reader = try PageReader(query, values, self)
        let newer = try range.before.map(reader.count(from:)) ?? 0
        let total = max(0, try (range.from.map(reader.count(from:)) ?? reader.total) - newer)
        let size = range.from == nil ? page.size : min(page.size, max(0, total - page.offset))
        let items = try reader.rows(size, from: newer + page.offset, map: map)
        return Page(items, page, total: total)
    }
}
