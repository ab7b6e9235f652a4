import Kernel

/// A list that is read in pages, newest first, with the number of all its rows. The ids of a page
/// come from a covering index alone, however far back the page is; only its rows are looked up.
public struct PagedQuery: Sendable {
    let page: SQL
    let count: SQL

    /// - Parameters:
    ///   - selected: what is selected. The table is `r` here.
    ///   - key: the primary key. The index contains it, and the columns of `condition` and `order`.
    ///   - joins: with other tables.
    ///   - index: nil for the primary key.
    ///   - source: what the rows are found in, with their key, if that is not the table itself.
    ///   - condition: with parameters from `?1` on.
    ///   - order: columns, each descending. Together they are unique, so that pages are.
    ///   - count: a query for the number of all rows, with the same parameters, if it is kept and
    ///     need not be counted.
    public init(
        _ selected: SQL.Parts, from table: StaticString, key: Columns = Columns("id"),
        joining joins: SQL.Parts = "", by index: StaticString? = nil,
        findingIn source: SQL.Parts? = nil, where condition: SQL.Parts,
        newestFirst order: Columns? = nil, count: SQL? = nil
    ) {
        let condition = condition.text
        let found = source?.text ?? "\(table)" + (index.map { " INDEXED BY \($0)" } ?? "")
        let parameters = Self.parameters(of: found + condition)
        let order = order ?? key
        func descending(_ alias: String) -> String {
            order.names.map { "\(alias)\($0) DESC" }.joined(separator: ", ")
        }
        let isSame = key.names.map { "r.\($0) = page.\($0)" }.joined(separator: " AND ")
        page = SQL(
            text: """
                SELECT \(selected.text) FROM (
                    SELECT \(key.list(of: nil)) FROM \(found)
                    WHERE \(condition) ORDER BY \(descending(""))
                    LIMIT ?\(parameters + 1) OFFSET ?\(parameters + 2)
                ) page CROSS JOIN \(table) r ON \(isSame) \(joins.text)
                ORDER BY \(descending("r."))
                """)
        self.count =
            count
            ?? SQL(
                text: "SELECT count(*) FROM \(found) WHERE \(condition)")
    }

    /// The highest number of a parameter.
    private static func parameters(of condition: String) -> Int {
        condition.split(separator: "?").dropFirst()
            .compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0
    }
}

extension Queryable {
    /// A page of a list, each row mapped.
    public func page<T>(
        _ query: PagedQuery, _ page: PageRequest, _ values: Value..., map: (Row) throws -> T
    ) throws -> Page<T> {
        let items = try rows(
            query.page, values: values + [.int(page.size), .int(page.offset)], map: map)
        let total = try row(query.count, values: values) { Int($0.int(0)) }
        return Page(items, page, total: total ?? 0)
    }
}
