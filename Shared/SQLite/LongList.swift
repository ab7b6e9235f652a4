/// A list that can have any number of rows. Triggers count them in parts of at most 2,000 (the
/// table `list_parts`), so that no page counts or passes more than one part has, however far back
/// it is. One declaration makes the triggers, in a migration, and serves `PagedQuery`.
public struct LongList: Sendable {
    /// The columns that order a list. Together they are unique, and they never change.
    public enum Order: Sendable {
        /// TEXT, such as an id.
        case id(StaticString)
        /// A positive INTEGER.
        case number(StaticString)
        /// A time, then an id.
        case time(StaticString, id: StaticString)
    }

    /// A column and what is required of it in the rows of the list: `"public_count"`, `"> 0"`.
    public struct Condition: Sendable {
        let column: String
        let test: String

        public init(_ column: StaticString, _ test: StaticString) {
            (self.column, self.test) = (column.description, test.description)
        }
    }

    private let name: String
    private let table: String
    /// Whose list a row is in; nil for one list of all rows.
    private let holder: String?
    private let condition: Condition?
    private let first: String
    private let second: String?
    /// Below the first column of all rows: where the oldest part begins.
    private let lowest: String
    /// Rows at which a part is split in two.
    var most = 2_000

    /// - Parameters:
    ///   - name: unique in its database.
    ///   - holder: the column that says whose list a row is in. Rows without one are in no list.
    ///     nil: there is one list.
    ///   - condition: which rows are in it; all if nil.
    public init(
        _ name: StaticString, of table: StaticString, by holder: StaticString? = nil,
        where condition: Condition? = nil, order: Order
    ) {
        self.name = name.description
        self.table = table.description
        self.holder = holder?.description
        self.condition = condition
        switch order {
        case .id(let id): (first, second, lowest) = (id.description, nil, "''")
        case .number(let number): (first, second, lowest) = (number.description, nil, "-1")
        case .time(let time, let id):
            (first, second, lowest) = (time.description, id.description, "-1")
        }
    }

    // MARK: Migration

    /// The table of the counts; a migration of a context that has long lists.
    public static let schema = """
        CREATE TABLE list_parts (
            list TEXT NOT NULL,
            -- Empty where there is one list.
            holder TEXT NOT NULL,
            -- Where the part begins: no row of it comes before, in the order of the list. The
            -- second is empty where one column orders the list.
            first ANY NOT NULL,
            second ANY NOT NULL,
            rows INTEGER NOT NULL,
            PRIMARY KEY (list, holder, first, second)
        ) STRICT, WITHOUT ROWID;

        """

    /// Counts the rows that are there, and the triggers that count from then on, cascades included;
    /// part of a migration.
    public var counting: String {
        let half = most / 2
        let order = second.map { "\(first), \($0)" } ?? first
        let holding = holder.map { "\($0) = new.holder AND " } ?? ""
        let isFrom = second.map { "(\(first), \($0)) >= (new.first, new.second)" }
        return """
            CREATE TRIGGER \(name)_listed AFTER INSERT ON \(table) WHEN \(contains("new.")) BEGIN
                \(enter)
            END;
            CREATE TRIGGER \(name)_unlisted AFTER DELETE ON \(table) WHEN \(contains("old.")) BEGIN
                \(leave)
            END;
            \(moving)
            CREATE TRIGGER \(name)_split AFTER UPDATE OF rows ON list_parts
            WHEN new.list = '\(name)' AND new.rows >= \(most) BEGIN
                INSERT INTO list_parts
                SELECT new.list, new.holder, \(first), \(second ?? "''"), new.rows - \(half)
                FROM \(table) WHERE \(holding)\(isFrom ?? "\(first) >= new.first")
                    AND \(contains("")) ORDER BY \(order) LIMIT 1 OFFSET \(half);
                UPDATE list_parts SET rows = \(half) WHERE list = new.list
                    AND holder = new.holder AND first = new.first AND second = new.second;
            END;
            INSERT INTO list_parts
            SELECT '\(name)', holder, iif(n = 0, \(lowest), first), iif(n = 0, '', second),
                min(\(half), total - n)
            FROM (
                SELECT \(holder ?? "''") AS holder, \(first) AS first, \(second ?? "''") AS second,
                    row_number() OVER (PARTITION BY \(holder ?? "''") ORDER BY \(order)) - 1 AS n,
                    count(*) OVER (PARTITION BY \(holder ?? "''")) AS total
                FROM \(table) WHERE \(contains(""))
            ) WHERE n % \(half) = 0;

            """
    }

    /// - Parameter row: `new.` or `old.` in a trigger.
    private func contains(_ row: String) -> String {
        let tests = [
            holder.map { "\(row)\($0) IS NOT NULL" },
            condition.map { "\(row)\($0.column) \($0.test)" },
        ]
        let all = tests.compactMap(\.self)
        return all.isEmpty ? "1" : all.joined(separator: " AND ")
    }

    /// The part that a row is in.
    private func part(_ row: String) -> String {
        """
        list = '\(name)' AND holder = \(holder.map { row + $0 } ?? "''")
        AND (first, second) <= (\(row)\(first), \(second.map { row + $0 } ?? "''"))
        ORDER BY first DESC, second DESC LIMIT 1
        """
    }

    private var enter: String {
        """
        INSERT INTO list_parts
        SELECT '\(name)', \(holder.map { "new.\($0)" } ?? "''"), coalesce(max(first), \(lowest)),
            coalesce(second, ''), 1
        FROM (SELECT first, second FROM list_parts WHERE \(part("new.")))
        WHERE true ON CONFLICT DO UPDATE SET rows = rows + 1;
        """
    }

    private var leave: String {
        let isPart = """
            list = '\(name)' AND holder = \(holder.map { "old.\($0)" } ?? "''")
            AND (first, second) = (SELECT first, second FROM list_parts WHERE \(part("old.")))
            """
        return """
            UPDATE list_parts SET rows = rows - 1 WHERE \(isPart);
            DELETE FROM list_parts WHERE rows = 0 AND \(isPart);
            """
    }

    /// For rows that change lists, or begin or cease to meet the condition.
    private var moving: String {
        let columns = [holder, condition?.column].compactMap(\.self).joined(separator: ", ")
        guard !columns.isEmpty else { return "" }
        let (was, isNow) = (contains("old."), contains("new."))
        let stays = holder.map { " AND old.\($0) IS new.\($0)" } ?? ""
        return """
            CREATE TRIGGER \(name)_entered AFTER UPDATE OF \(columns) ON \(table)
            WHEN \(isNow) AND NOT (\(was)\(stays)) BEGIN
                \(enter)
            END;
            CREATE TRIGGER \(name)_left AFTER UPDATE OF \(columns) ON \(table)
            WHEN \(was) AND NOT (\(isNow)\(stays)) BEGIN
                \(leave)
            END;
            """
    }

    // MARK: Reading

    /// The rows of each part and the key where it begins, newest first. The holder is `?1`.
    /// - Parameter columns: of the key.
    func parts(of columns: Int) -> SQL {
        SQL(
            text: """
                SELECT rows, first\(columns == 2 ? ", second" : "") FROM list_parts
                WHERE list = '\(name)' AND holder = \(holder == nil ? "''" : "?1")
                ORDER BY first DESC, second DESC
                """)
    }
}
