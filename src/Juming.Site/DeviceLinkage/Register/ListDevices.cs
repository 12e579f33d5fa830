using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>Devices of the register by name, one page at a time.</summary>
internal sealed record ListDevices : IQuery<DevicePage>, INeeds<LinkageRead>
{
    /// <summary>Text within name, address, vendor, model or business.</summary>
    public string? Text { get; init; }

    /// <summary>One group.</summary>
    public string? Group { get; init; }

    /// <summary>One state.</summary>
    public DeviceState? State { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One device.</summary>
internal sealed record GetDevice(Guid Id) : IQuery<DeviceView>, INeeds<LinkageRead>;

/// <summary>Devices, how many fit, the groups there are, whether a browser is there to drive them, and how many suggestions wait over all devices.</summary>
internal sealed record DevicePage(IReadOnlyList<DeviceView> Items, int Total, IReadOnlyList<string> Groups, bool BrowserThere, int Suggestions);

file sealed class Validator : AbstractValidator<ListDevices>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Group).MaximumLength(100);
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(LinkageDb db, RecipeShelf shelf, RunDesk desk, ChromiumHost chromium) : IQueryHandler<ListDevices, DevicePage>, IQueryHandler<GetDevice, DeviceView>
{
    public async Task<Result<DevicePage>> Handle(ListDevices request, CancellationToken cancellationToken)
    {
        var found = db.Devices.AsNoTracking();
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            found = found.Where(d => EF.Functions.Like(d.Name, part, "\\") || EF.Functions.Like(d.Address, part, "\\") || EF.Functions.Like(d.Vendor, part, "\\") || EF.Functions.Like(d.Model, part, "\\") || EF.Functions.Like(d.Business, part, "\\"));
        }
        if (request.Group is { Length: > 0 } group) found = found.Where(d => d.DeviceGroup == group);
        if (request.State is { } state) found = found.Where(d => d.State == state);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderBy(d => d.Name).ThenBy(d => d.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var groups = await db.Devices.Where(d => d.DeviceGroup != "").Select(d => d.DeviceGroup).Distinct().OrderBy(g => g).Take(100).ToListAsync(cancellationToken);
        var recipes = await shelf.Approved(cancellationToken);
        var waiting = await Waiting().GroupBy(s => s.DeviceId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return new DevicePage([.. rows.Select(r => DeviceView.Of(r, desk.Unable(r), RecipeShelf.Capabilities(recipes, r), waiting.Find(w => w.Key == r.Id)?.Count ?? 0))], total, groups, chromium.IsThere, waiting.Sum(w => w.Count));
    }

    public async Task<Result<DeviceView>> Handle(GetDevice request, CancellationToken cancellationToken)
    {
        var row = await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchDevice;
        return DeviceView.Of(row, desk.Unable(row), RecipeShelf.Capabilities(await shelf.Approved(cancellationToken), row), await Waiting().CountAsync(s => s.DeviceId == row.Id, cancellationToken));
    }

    private IQueryable<SuggestionRow> Waiting() => db.Suggestions.Where(s => s.Taken == null && s.Yaml != "" && db.Recipes.Any(r => r.Id == s.RecipeId && r.State == RecipeState.Approved));
}
