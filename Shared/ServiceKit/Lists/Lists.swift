import Contract
import HTTPCore
import Kernel

/// The ways in which the contract names the parts of a list; the third, HAL, is in `Response+HAL`.
public enum ListStyle: Sendable {
    /// `items`, `page`, `pageSize`, `total`.
    case plain
    /// `data`, `page`, `page_size`, `total`.
    case snakeCase

    var sizeName: String { self == .plain ? "pageSize" : "page_size" }
}

extension Response {
    /// A page of a list, with RFC 8288 links to the other pages.
    public static func list<Item: Encodable>(
        _ page: Page<Item>, for request: RequestContext, style: ListStyle = .plain
    ) -> Response {
        let response: Response
        switch style {
        case .plain:
            response = json(
                200,
                PlainList(
                    items: page.items, page: page.request.page, pageSize: page.request.size,
                    total: page.total))
        case .snakeCase:
            response = json(
                200,
                SnakeList(
                    data: page.items, page: page.request.page, page_size: page.request.size,
                    total: page.total))
        }
        return response.linking(page.request, total: page.total, request: request, style: style)
    }

    func linking(
        _ page: PageRequest, total: Int, request: RequestContext, style: ListStyle
    ) -> Response {
        var response = self
        let links = request.links(page, total: total, style).map { relation, target in
            "<\(target)>; rel=\"\(relation)\""
        }
        response.add("Link", links.joined(separator: ", "))
        return response
    }
}

extension RequestContext {
    /// The URLs of the other pages, by their relations.
    func links(
        _ page: PageRequest, total: Int, _ style: ListStyle
    ) -> [(relation: String, target: String)] {
        let last = max(1, (total + page.size - 1) / page.size)
        var numbers: [(String, Int)] = []
        if page.page < last { numbers.append(("next", page.page + 1)) }
        if page.page > 1 { numbers.append(("prev", min(page.page - 1, last))) }
        numbers += [("first", 1), ("last", last)]
        return numbers.map { ($0, target(page: $1, size: page.size, style: style)) }
    }

    /// Bytes. A search of 254 characters, each of twelve bytes in escapes, fits.
    private static let longestLinkedQuery = 3_200

    fileprivate func target(page: Int, size: Int, style: ListStyle) -> String {
        target(with: [("page", page), (style.sizeName, size)])
    }

    /// This request's path and query with other numbers in these parameters, for another page. A
    /// relative reference: where clients reach us is not ours to guess from a Host header.
    public func target(with numbers: [(name: String, value: Int)]) -> String {
        // By their decoded names, as they were read; the rest is kept as it came.
        let asked = asked
        let query = asked.query ?? ""
        // Four links of a long one would make a head that nobody takes: then without what the
        // operation does not know anyway.
        let isLong = query.utf8.count > Self.longestLinkedQuery
        let known = isLong ? endpoint.documentation.query.map(\.name) : []
        let kept = query.split(separator: "&").filter { pair in
            var raw = String(pair.prefix { $0 != "=" })
            let name = raw.withUTF8 {
                PercentEncoding.decode(UnsafeRawBufferPointer($0), plusIsSpace: true)
            }
            guard let name, !numbers.contains(where: { $0.name == name }) else { return false }
            return !isLong || known.contains(name)
        }
        let parts = kept.map(String.init) + numbers.map { "\($0.name)=\($0.value)" }
        return base + asked.path + "?" + parts.joined(separator: "&")
    }
}

private struct PlainList<Item: Encodable>: Encodable {
    let items: [Item]
    let page: Int
    let pageSize: Int
    let total: Int
}

extension PlainList: JSONByteWritable where Item: JSONByteWritable {
    func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("items")
            $0.append(array: items) { $1.write(to: &$0) }
            $0.member("page", page)
            $0.member("pageSize", pageSize)
            $0.member("total", total)
        }
    }
}

private struct SnakeList<Item: Encodable>: Encodable {
    let data: [Item]
    let page: Int
    let page_size: Int
    let total: Int
}
