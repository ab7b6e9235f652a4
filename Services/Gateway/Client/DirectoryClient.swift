import Contract
import GatewayContract
import Kernel
import ServiceKit

/// The gateway's directory, over HTTP.
public struct DirectoryClient: Directory {
    private let client: ServiceClient

    public init(client: ServiceClient) { self.client = client }

    public func profiles(ids: [String], disclosedTo caller: Caller?) async throws -> [String:
        UserProfile]
    {
        try await ask(ids, for: caller) { DirectoryQuery(ids: $0) }.keyed(by: \.id)
    }

    public func profiles(
        emails: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        try await ask(emails, for: caller) { DirectoryQuery(emails: $0) }.keyed(by: \.email)
    }

    public func profiles(
        usernames: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        try await ask(usernames, for: caller) { DirectoryQuery(usernames: $0) }
            .keyed(by: \.username)
    }

    /// In as many calls as the directory's limit requires.
    private func ask(
        _ names: [String], for caller: Caller?, _ query: ([String]) -> DirectoryQuery
    ) async throws -> [UserProfile] {
        try await ServiceClient.asOneQuery {
            var profiles: [UserProfile] = []
            var rest = names[...]
            while !rest.isEmpty {
                let query = query(Array(rest.prefix(DirectoryQuery.maximum)))
                profiles += try await ask(query, for: caller)
                rest = rest.dropFirst(DirectoryQuery.maximum)
            }
            return profiles
        }
    }

    private func ask(_ query: DirectoryQuery, for caller: Caller?) async throws -> [UserProfile] {
        guard let caller else {
            return try await client.call(
                DirectoryQueries.lookUpUsers, query, as: DirectoryReply.self
            ).users
        }
        let reply = try await client.call(
            DirectoryQueries.findUsers, FindUsersQuery(callerId: caller.userId, names: query),
            as: FindUsersReply.self)
        if let seconds = reply.retryAfter { throw Fault.tooManyUnknownUsers(retryAfter: seconds) }
        return reply.users
    }
}

extension [UserProfile] {
    fileprivate func keyed(by key: KeyPath<UserProfile, String>) -> [String: UserProfile] {
        Dictionary(map { ($0[keyPath: key], $0) }, uniquingKeysWith: { first, _ in first })
    }
}
