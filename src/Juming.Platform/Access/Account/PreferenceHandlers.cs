using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Account;

file sealed class SetHandler(AccessDb db, CurrentActor current) : ICommandHandler<SetMyPreference, Done>
{
    private const int MostPerPerson = 200;

    public async Task<Result<Done>> Handle(SetMyPreference request, CancellationToken ct)
    {
        var owner = current.Actor.Id;
        var row = await db.Preferences.FirstOrDefaultAsync(p => p.OwnerId == owner && p.Name == request.Key, ct);
        if (request.Value.Length == 0)
        {
            if (row is not null) db.Remove(row);
        }
        else if (row is not null) row.Value = request.Value;
        else if (await db.Preferences.CountAsync(p => p.OwnerId == owner, ct) >= MostPerPerson) return AccessErrors.TooManyPreferences;
        else db.Add(new PreferenceRow { OwnerId = owner, Name = request.Key, Value = request.Value });
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}

file sealed class GetHandler(AccessDb db, CurrentActor current) : IQueryHandler<GetMyPreference, Preference>
{
    public async Task<Result<Preference>> Handle(GetMyPreference request, CancellationToken ct)
    {
        var owner = current.Actor.Id;
        return new Preference(await db.Preferences.AsNoTracking().Where(p => p.OwnerId == owner && p.Name == request.Key).Select(p => p.Value).FirstOrDefaultAsync(ct) ?? "");
    }
}
