import Glibc

extension LiveStack {
    /// One of the processes, by the name of its executable and its database.
    enum Service: String, CaseIterable, Sendable {
        case gateway
        case entities
        case organizations
        case integrations
        case invitations
    }

    func process(_ service: Service) -> RunningProcess? {
        switch service {
        case .gateway: gateway
        case .entities: entities
        case .organizations: organizations
        case .integrations: integrations
        case .invitations: invitations
        }
    }

    /// - Parameter more: settings of only this process.
    func start(_ service: Service, _ more: [String: String] = [:]) throws {
        switch service {
        case .gateway: try startGateway(more)
        case .entities: try startEntities(more)
        case .organizations: try startOrganizations(more)
        case .integrations: try startIntegrations(more)
        case .invitations: try startInvitations(more)
        }
    }

    /// Stops it with SIGTERM and starts it again with other settings.
    func restart(_ service: Service, _ more: [String: String] = [:]) async throws {
        process(service)?.signal(SIGTERM)
        _ = await process(service)?.ended(within: 15)
        try start(service, more)
        try await ready(service)
    }

    /// The port of its operators' routes.
    func port(_ service: Service) -> UInt16 {
        switch service {
        case .gateway: internalPort
        case .entities: entitiesPort
        case .organizations: organizationsPort
        case .integrations: integrationsPort
        case .invitations: invitationsPort
        }
    }

    func ready(_ service: Service) async throws { try await ready(port(service)) }
}
