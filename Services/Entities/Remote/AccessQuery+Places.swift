extension AccessQuery {
    /// The indices of the queries, grouped by user. Most batches are about one user.
    static func places(_ queries: [AccessQuery]) -> [[Int]] {
        guard let first = queries.first else { return [] }
        if queries.allSatisfy({ $0.userId == first.userId }) { return [Array(queries.indices)] }
        return Array(Dictionary(grouping: queries.indices) { queries[$0].userId }.values)
    }
}
