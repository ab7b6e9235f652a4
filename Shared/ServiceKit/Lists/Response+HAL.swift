import Contract
import HTTPCore
import Kernel

extension Response {
    /// The same answer, its JSON declared to be HAL.
    public var hal: Response {
        var response = self
        response.fields = fields.map {
            $0.name == "Content-Type" ? Field($0.name, HAL.mediaType) : $0
        }
        return response
    }

    /// A page of a list as HAL: its items in `_embedded`, links to other pages in `_links`,
    /// and in a `Link` field besides.
    /// - Parameters:
    ///   - relation: of the items.
    ///   - links: writes what else `_links` holds.
    public static func list<Item: JSONByteWritable>(
        _ page: Page<Item>, as relation: String, for request: RequestContext,
        links: (inout JSONByteWriter) -> Void = { _ in }
    ) -> Response {
        var writer = JSONByteWriter(capacity: 256 + page.items.count * 256)
        writer.object {
            $0.member("_links")
            $0.object {
                $0.member("self", HALLink(request.base + request.asked.text))
                for (relation, target) in request.links(page.request, total: page.total, .plain)
                where relation == "next" || relation == "prev" {
                    $0.member(relation, HALLink(target))
                }
                links(&$0)
            }
            $0.member("_embedded")
            $0.object {
                $0.member(relation)
                $0.append(array: page.items) { $1.write(to: &$0) }
            }
            $0.member("page", page.request.page)
            $0.member("pageSize", page.request.size)
            $0.member("total", page.total)
        }
        let response = Response(
            200, fields: [Field("Content-Type", HAL.mediaType)], body: writer.finish())
        return response.linking(page.request, total: page.total, request: request, style: .plain)
    }
}
