using Juming.Platform.Access.Audit;
using Juming.Platform.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.Data.Sqlite;

namespace Juming.Platform.Access.Host;

/// <summary>Copies the database and the end of the audit chain, as they are at one moment, into a new folder inside the data folder; who asked takes them and removes it.</summary>
internal sealed record CopyHost : ICommand<HostCopied>, INeeds<HostCopy>;

/// <summary>Where the copy lies, and of which kind its database is.</summary>
internal sealed record HostCopied(string Folder, bool Postgres);

file sealed class Handler(Database database, AuditTrail trail, TierContext tier) : ICommandHandler<CopyHost, HostCopied>
{
    public async Task<Result<HostCopied>> Handle(CopyHost request, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(tier.DataFolder, HostCopies.Prefix + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            // The head beside the database must be that of the copied chain, or the copy would count as tampered with.
            return await trail.WhileStill(async () =>
            {
                if (database.IsPostgres) await PostgresCopy.Write(database, tier.Tier.Modules.Select(m => m.Name), Path.Combine(folder, HostCopies.Database), ct);
                else await CopyFile(folder, ct);
                var head = Path.Combine(tier.DataFolder, AuditHead.FileName);
                if (File.Exists(head)) File.Copy(head, Path.Combine(folder, AuditHead.FileName));
                return new HostCopied(folder, database.IsPostgres);
            }, ct);
        }
        catch
        {
            Directory.Delete(folder, true);
            throw;
        }
    }

    private async Task CopyFile(string folder, CancellationToken ct)
    {
        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", Path.Combine(folder, Path.GetFileName(database.File!)));
        await command.ExecuteNonQueryAsync(ct);
    }
}
