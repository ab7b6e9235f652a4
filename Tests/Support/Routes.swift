import Contract
import Testing

/// A public contract has exactly these routes, all for users, each with an id of its own.
/// - Parameter table: `METHOD path scope…`, in order; `-` for no scope.
public func expectPublic(_ routes: [Endpoint], _ table: [String]) {
    let lines = routes.map { route in
        let scopes = route.scopes.isEmpty ? "-" : route.scopes.joined(separator: " ")
        return "\(route.method.rawValue) \(route.path) \(scopes)"
    }
    #expect(lines == table)
    #expect(routes.allSatisfy { $0.access == .user })
    #expect(Set(routes.map(\.id)).count == routes.count)
}
