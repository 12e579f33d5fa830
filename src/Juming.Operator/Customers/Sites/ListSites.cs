using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>Finds sites: those that are in trouble come first.</summary>
internal sealed record ListSites : IQuery<SitePage>, INeeds<CustomersRead>, IInOwnScopes
{
    /// <summary>Part of a site's, customer's or unit's name.</summary>
    public string? Text { get; init; }

    /// <summary>A customer or unit; those below it count.</summary>
    public Guid? Unit { get; init; }

    /// <summary>How they stand.</summary>
    public SiteState? State { get; init; }

    /// <summary>Archived ones instead of the others.</summary>
    public bool Archived { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>How a site stands, in one word; in the order in which they need somebody.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum SiteState
{
    /// <summary>Two processes had its identity, or it broke the protocol.</summary>
    Quarantined,

    /// <summary>It has not been heard for its lease.</summary>
    Silent,

    /// <summary>Its token's time is over.</summary>
    TokenExpired,

    /// <summary>It has a token and has not come yet.</summary>
    Invited,

    /// <summary>It has no token yet.</summary>
    New,

    /// <summary>It has been heard within its lease.</summary>
    Connected,

    /// <summary>It was shut out.</summary>
    Revoked,
}

/// <summary>A site in a list.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CustomerId">Its customer.</param>
/// <param name="UnitId">What it lies under.</param>
/// <param name="Name">Name.</param>
/// <param name="Path">Names of customer and units above it.</param>
/// <param name="State">How it stands.</param>
/// <param name="LastSeenAt">When it last said something.</param>
/// <param name="Build">Its release.</param>
/// <param name="IsArchived">It is archived.</param>
/// <param name="Version">For changes.</param>
/// <param name="Figures">What it last said of itself; null when it said nothing.</param>
internal sealed record SiteView(Guid Id, Guid CustomerId, Guid UnitId, string Name, string Path, SiteState State, DateTimeOffset? LastSeenAt, string Build, bool IsArchived, long Version, SiteFigures? Figures)
{
    // A connected site tells them once a minute.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(4);

    /// <summary>Whether it is connected and yet has long said nothing of itself: what is shown is not how it stands now.</summary>
    public bool IsUntold(DateTimeOffset now) => State == SiteState.Connected && Figures is { } figures && now - figures.At > Fresh;
}

/// <summary>Sites, how many there are, and how those of the filter stand, whatever state is asked for.</summary>
internal sealed record SitePage(IReadOnlyList<SiteView> Items, int Total, IReadOnlyDictionary<SiteState, int> States);

file sealed class Validator : AbstractValidator<ListSites>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(CustomersDb db, ILinkDesk links) : IQueryHandler<ListSites, SitePage>
{
    public async Task<Result<SitePage>> Handle(ListSites request, CancellationToken cancellationToken)
    {
        var book = await SiteBook.Load(db, cancellationToken);
        var rows = (await db.Sites.AsNoTracking().Where(s => request.Archived ? s.ArchivedAt != null : s.ArchivedAt == null).ToListAsync(cancellationToken))
            .Where(s => book.IsUnder(s.UnitId, request.Unit) && book.Says(s, request.Text)).ToList();
        var standing = await links.Standing([.. rows.Select(r => r.Id)], cancellationToken);
        var all = rows.ConvertAll(r => (Row: r, Standing: standing.GetValueOrDefault(r.Id), State: SiteBook.StateOf(standing.GetValueOrDefault(r.Id))));
        var found = all.Where(s => request.State is null || s.State == request.State).OrderBy(s => s.State).ThenBy(s => s.Row.Name, StringComparer.CurrentCulture).ThenBy(s => s.Row.Id).ToList();
        var shown = found.Skip(request.Skip).Take(request.Take).ToList();
        var figures = SiteFigures.Of(await links.Values([.. shown.Select(s => s.Row.Id)], [SiteHealth.Descriptor], cancellationToken));
        return new SitePage(
            shown.ConvertAll(s => book.View(s.Row, s.Standing, figures.GetValueOrDefault(s.Row.Id))), found.Count,
            all.GroupBy(s => s.State).ToDictionary(g => g.Key, g => g.Count()));
    }
}
