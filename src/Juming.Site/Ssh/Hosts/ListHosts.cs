using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Hosts;

/// <summary>Hosts of the register by name, one page at a time.</summary>
internal sealed record ListHosts : IQuery<HostPage>, INeeds<SshRead>
{
    /// <summary>Text within name, address, account or business.</summary>
    public string? Text { get; init; }

    /// <summary>One state.</summary>
    public HostState? State { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One host.</summary>
internal sealed record GetHost(Guid Id) : IQuery<HostView>, INeeds<SshRead>;

/// <summary>Hosts, and how many fit.</summary>
internal sealed record HostPage(IReadOnlyList<HostView> Items, int Total);

/// <summary>A host as lists and pages show it; secrets are told only as being there.</summary>
internal sealed record HostView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public required int Port { get; init; }
    public required string Business { get; init; }
    public required string Account { get; init; }

    /// <summary>What the account signs in with.</summary>
    public required SignInWay Way { get; init; }

    /// <summary>A password or key is kept.</summary>
    public required bool HasSecret { get; init; }
    public required string AuthorisedBy { get; init; }
    public required string AuthorisedReference { get; init; }
    public required DateTimeOffset AuthorisedAt { get; init; }

    /// <summary>Fingerprint of its key; empty before the first use.</summary>
    public required string HostKey { get; init; }
    public required string HostKeyType { get; init; }

    /// <summary>Fingerprint that it showed instead; empty while it shows the pinned one.</summary>
    public required string SeenKey { get; init; }
    public required string SeenKeyType { get; init; }
    public required HostState State { get; init; }

    /// <summary>What the host or the network said; attacker-controlled.</summary>
    public required string StateDetail { get; init; }
    public DateTimeOffset? StateAt { get; init; }

    /// <summary>Code of why it can't be signed in to; null when it can.</summary>
    public string? Unable { get; init; }
    public required string ChangedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Version for the next change.</summary>
    public required long Version { get; init; }

    public static HostView Of(HostRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Address = row.Address,
        Port = row.Port,
        Business = row.Business,
        Account = row.Account,
        Way = row.Way,
        HasSecret = row.SecretId is not null,
        AuthorisedBy = row.AuthorisedBy,
        AuthorisedReference = row.AuthorisedReference,
        AuthorisedAt = row.AuthorisedAt,
        HostKey = row.HostKey,
        HostKeyType = row.HostKeyType,
        SeenKey = row.SeenKey,
        SeenKeyType = row.SeenKeyType,
        State = row.State,
        StateDetail = row.StateDetail,
        StateAt = row.StateAt,
        Unable = row.Unable,
        ChangedBy = row.ChangedBy,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };
}

file sealed class Validator : AbstractValidator<ListHosts>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(SshDb db) : IQueryHandler<ListHosts, HostPage>, IQueryHandler<GetHost, HostView>
{
    public async Task<Result<HostPage>> Handle(ListHosts request, CancellationToken cancellationToken)
    {
        var found = db.Hosts.AsNoTracking();
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            found = found.Where(h => EF.Functions.Like(h.Name, part, "\\") || EF.Functions.Like(h.Address, part, "\\") || EF.Functions.Like(h.Account, part, "\\") || EF.Functions.Like(h.Business, part, "\\"));
        }
        if (request.State is { } state) found = found.Where(h => h.State == state);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderBy(h => h.Name).ThenBy(h => h.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        return new HostPage([.. rows.Select(HostView.Of)], total);
    }

    public async Task<Result<HostView>> Handle(GetHost request, CancellationToken cancellationToken) =>
        await db.Hosts.AsNoTracking().FirstOrDefaultAsync(h => h.Id == request.Id, cancellationToken) is { } row ? HostView.Of(row) : SshErrors.NoSuchHost;
}
