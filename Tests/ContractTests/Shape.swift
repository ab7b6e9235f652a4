import TestSupport
import Testing

extension JSONValue {
    /// The paths of all members, whatever their values: `/items/*/id`.
    var shape: Set<String> {
        switch self {
        case .object(let members):
            members.reduce(into: []) { paths, member in
                paths.insert("/" + member.key)
                for rest in member.value.shape { paths.insert("/\(member.key)\(rest)") }
            }
        case .array(let items): Set(items.flatMap(\.shape).map { "/*" + $0 })
        default: []
        }
    }
}

/// The response has exactly the members of the golden.
func expect(
    _ answer: RawResponse, _ status: Int, like golden: String,
    at location: SourceLocation = #_sourceLocation
) throws {
    #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
    let shape = JSONValue(try Golden.bytes(golden))?.shape
    #expect(answer.json?.shape == shape, "\(answer.text)", sourceLocation: location)
}

/// The response is a page whose items have exactly the members of the golden.
func expectList(
    _ answer: RawResponse, of golden: String, at location: SourceLocation = #_sourceLocation
) throws {
    #expect(answer.status == 200, "\(answer.text)", sourceLocation: location)
    let list = try #require(answer.json, sourceLocation: location)
    #expect(list.names == ["items", "page", "pageSize", "total"], sourceLocation: location)
    let shape = JSONValue(try Golden.bytes(golden))?.shape
    #expect(list["items"]?[0]?.shape == shape, "\(answer.text)", sourceLocation: location)
}
