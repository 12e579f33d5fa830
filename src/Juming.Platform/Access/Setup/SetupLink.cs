using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access.Setup;

/// <summary>The one-time link of first set-up. A new one at each start until the first administrator exists; 24 hours; only its hash is kept.</summary>
public sealed class SetupLink(IServiceScopeFactory scopes, TimeProvider clock)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _hash;
    private DateTimeOffset _until;
    private bool? _isSetUp;
    private bool _trial;

    /// <summary>Makes the link's secret, or null when the host has been set up.</summary>
    public async Task<string?> Make(CancellationToken ct)
    {
        if (await IsSetUp(ct)) return null;
        var secret = OnceShown.Make();
        (_hash, _until) = (OnceShown.HashOf(secret), clock.GetUtcNow().AddHours(24));
        return secret;
    }

    /// <summary>True once the first administrator exists.</summary>
    public async ValueTask<bool> IsSetUp(CancellationToken ct)
    {
        if (_isSetUp == true) return true;
        await using var scope = scopes.CreateAsyncScope();
        var state = await scope.ServiceProvider.GetRequiredService<AccessDb>().HostStates.AsNoTracking().OrderBy(s => s.Id).FirstOrDefaultAsync(ct);
        (_isSetUp, _trial) = (state is not null, state?.Trial ?? false);
        return state is not null;
    }

    /// <summary>True when the host is marked a trial: one person may hold several administrators' roles, and every page says so.</summary>
    public async ValueTask<bool> IsTrial(CancellationToken ct) => await IsSetUp(ct) && _trial;

    /// <summary>Uses the link for one act; false when it is not valid. A second caller waits and finds it used.</summary>
    internal async Task<T?> Use<T>(string secret, Func<Task<(T Answer, bool Used)>> act, CancellationToken ct) where T : class
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_hash is null || clock.GetUtcNow() > _until || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(_hash), Encoding.ASCII.GetBytes(OnceShown.HashOf(secret))) || await IsSetUp(ct)) return null;
            var (answer, used) = await act();
            if (used) _hash = null;
            return answer;
        }
        finally
        {
            _turn.Release();
        }
    }
}
