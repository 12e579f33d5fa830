using System.Data;
using System.Text;
using Juming.Platform.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Juming.Platform.Data;

/// <summary>
/// A module's tables, all with the module's prefix, in the tier's one database. Saving goes through the group commit on SQLite;
/// published events become outbox rows of the same transaction.
/// </summary>
public abstract class ModuleDbContext(DbContextOptions options, CommitQueue commits) : DbContext(options)
{
    /// <summary>Prefix of all its tables: the module's name.</summary>
    protected abstract string Prefix { get; }

    /// <summary>Publishes an event with the transaction that <c>SaveChangesAsync</c> commits.</summary>
    public void Publish(IModuleEvent moduleEvent) => Set<OutboxRow>().Add(OutboxRow.Of(moduleEvent));

    /// <summary>
    /// Runs plain statements and saves the tracked changes (a watermark, the outbox) in one transaction. For rows that come by the thousand,
    /// which tracking each as an entity would not bear.
    /// </summary>
    public async Task SaveWith(Func<PlainStatements, Task> statements, CancellationToken ct)
    {
        if (Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
        {
            await commits.CommitAll(this, () => RunAndSave(statements, ct), ct);
            return;
        }
        await using var transaction = await Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        await RunAndSave(statements, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<int> RunAndSave(Func<PlainStatements, Task> statements, CancellationToken ct)
    {
        await statements(new PlainStatements(Database.GetDbConnection(), Database.CurrentTransaction!.GetDbTransaction()));
        return await SaveChangesAsync(ct);
    }

    /// <inheritdoc/>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        commits.Commit(this, () => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // One form on both databases: whole microseconds UTC sort, compare and index alike everywhere.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OutboxRow>(row =>
        {
            row.ToTable("platform_outbox");
            row.HasKey(r => r.Id);
        });
        DefineModel(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            if (entity.ClrType != typeof(OutboxRow) && entity.GetTableName() is { } table && !entity.IsOwned() && !table.StartsWith(Prefix + "_", StringComparison.Ordinal))
                entity.SetTableName($"{Prefix}_{Snake(table)}");
            foreach (var property in entity.GetProperties()) property.SetColumnName(Snake(property.Name));
        }
    }

    /// <summary>The module's entities.</summary>
    protected abstract void DefineModel(ModelBuilder model);

    private static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])))) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    private sealed class InstantConverter() : ValueConverter<DateTimeOffset, long>(
        v => (v.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10, v => new DateTimeOffset((v * 10) + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero));
}
