import Contract
import GatewayContract
import Kernel
import ServiceKit

/// The gateway's directory, over HTTP.
public struct DirectoryClient: Directory {
    private let client: ServiceClient

    public init(client: ServiceClient) { self.client = client }

    public func persons(ids: [String], toldTo caller: Caller?) async throws -> [String: Person] {
        try await ask(ids, for: caller) { DirectoryQuery(ids: $0) }.keyed(by: \.id)
    }

    public func persons(
        emails: [String], toldTo caller: Caller?
    ) async throws -> [String: Person] {
        try await ask(emails, for: caller) { DirectoryQuery(emails: $0) }.keyed(by: \.email)
    }

    public func persons(
        usernames: [String], toldTo caller: Caller?
    ) async throws -> [String: Person] {
        try await ask(usernames, for: caller) { DirectoryQuery(usernames: $0) }
            .keyed(by: \.username)
    }

    /// In as many calls as the directory's limit demands.
    private func ask(
        _ names: [String], for caller: Caller?, _ query: ([String]) -> DirectoryQuery
    ) async throws -> [Person] {
        try await ServiceClient.asOneQuery {
            var persons: [Person] = []
            var rest = names[...]
            while !rest.isEmpty {
                let query = query(Array(rest.prefix(DirectoryQuery.maximum)))
                persons += try await ask(query, for: caller)
                rest = rest.dropFirst(DirectoryQuery.maximum)
            }
            return persons
        }
    }

    private func ask(_ query: DirectoryQuery, for caller: Caller?) async throws -> [Person] {
        guard let caller else {
            return try await client.call(
                DirectoryRoutes.lookUpUsers, query, as: DirectoryAnswer.self
            ).users
        }
        let answer = try await client.call(
            DirectoryRoutes.findUsers, FindUsersQuery(callerId: caller.userId, names: query),
            as: FindUsersAnswer.self)
        if let seconds = answer.retryAfter { throw Fault.tooManyUnknownUsers(retryAfter: seconds) }
        return answer.users
    }
}

extension [Person] {
    fileprivate func keyed(by key: KeyPath<Person, String>) -> [String: Person] {
        Dictionary(map { ($0[keyPath: key], $0) }, uniquingKeysWith: { first, _ in first })
    }
}
