/// Which part of a list is asked for.
public struct PageRequest: Sendable, Hashable {
    /// Items per page if the request doesn't say.
    public static let defaultSize = 20
    /// The most items per page.
    public static let maximumSize = 100
    /// Keeps `offset` far from overflow; no list has as many pages.
    public static let maximumPage = 1_000_000_000

    /// From 1.
    public let page: Int
    /// 1…100.
    public let size: Int

    /// Items before this page.
    public var offset: Int { (page - 1) * size }

    public init(page: Int = 1, size: Int = defaultSize) {
        self.page = page
        self.size = size
    }
}

/// A part of a list, with the size of the whole.
public struct Page<Item> {
    /// The items of this page.
    public let items: [Item]
    /// The page that was requested.
    public let request: PageRequest
    /// Items on all pages.
    public let total: Int

    public init(_ items: [Item], _ request: PageRequest, total: Int) {
        self.items = items
        self.request = request
        self.total = total
    }

    /// The page with other items.
    public func map<Other, Failure>(
        _ transform: (Item) throws(Failure) -> Other
    ) throws(Failure) -> Page<Other> {
        var others: [Other] = []
        others.reserveCapacity(items.count)
        for item in items { others.append(try transform(item)) }
        return Page<Other>(others, request, total: total)
    }
}

extension Page: Sendable where Item: Sendable {}
