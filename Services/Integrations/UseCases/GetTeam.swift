import Kernel

extension IntegrationsUseCases {
    func getTeam(_ id: String, by caller: Caller) throws -> Team {
        try readTeam(.see, on: id, by: caller) { $1 }
    }
}
