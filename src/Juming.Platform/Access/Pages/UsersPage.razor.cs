using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Components;
using static Juming.Platform.Access.AdministrationTexts;

namespace Juming.Platform.Access.Pages;

/// <summary>Accounts: list, pane, one-time links, roles.</summary>
public sealed partial class UsersPage
{
    private static readonly Role[] AllRoles = Enum.GetValues<Role>();

    private readonly HashSet<string> _roles = [];
    private IReadOnlyList<UserLine>? _users;
    private List<UserLine> _shown = [];
    private IReadOnlyList<ResetLine> _resets = [];
    private List<SessionLine> _sessions = [];
    private UserLine? _open;
    private UserLink? _link;
    private Actor? _actor;
    private string _text = "", _name = "";

    /// <summary>The account in the pane.</summary>
    [SupplyParameterFromQuery(Name = "user")] public string? User { get; set; }

    /// <summary>The pane makes a new account.</summary>
    [SupplyParameterFromQuery(Name = "new")] public string? New { get; set; }

    /// <summary>Part of a name.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _actor ??= await Actors.Current(Gone);
        _text = Text ?? "";
        await Load();
    }

    private async Task Load()
    {
        if (await Ask(new ListUsers()) is not { } users) return;
        _users = users;
        _resets = await Ask(new ListResets()) ?? [];
        _shown = [.. users.Where(u => u.Name.Contains(_text, StringComparison.OrdinalIgnoreCase))];
        var before = _open?.Name;
        _open = users.FirstOrDefault(u => u.Name == User);
        if (_open is null) _sessions = [];
        else if (await Ask(new ListSessions()) is { } sessions) _sessions = [.. sessions.Where(s => s.Name == _open.Name)];
        if (before == _open?.Name) return;
        _roles.Clear();
        _roles.UnionWith(_open?.Roles ?? []);
    }

    private RenderFragment RoleBoxes => builder =>
    {
        foreach (var role in AllRoles)
        {
            var name = role.ToString();
            builder.OpenElement(0, "label");
            builder.AddAttribute(1, "class", "choice");
            builder.OpenElement(2, "input");
            builder.AddAttribute(3, "type", "checkbox");
            builder.AddAttribute(4, "checked", _roles.Contains(name));
            builder.AddAttribute(5, "onchange", EventCallback.Factory.Create<ChangeEventArgs>(this, e => _ = e.Value is true ? _roles.Add(name) : _roles.Remove(name)));
            builder.CloseElement();
            builder.AddContent(6, Of("Role." + name));
            builder.CloseElement();
        }
    };

    private static string StateOf(UserLine user) =>
        user.Disabled ? Of("Disabled") : user.LockedSeconds > 0 ? Of("Locked", user.LockedSeconds) : !user.HasPassword ? Of("Invited") : user.HasSecondFactor ? Of("Active") : Of("MustEnrol");

    private void Filter() => Navigation.NavigateTo(Here(("q", _text.Length == 0 ? null : _text)));

    private Task Add() => Act(new AddUser(_name.Trim(), _actor!.Holds(RolesWrite.Code) && _roles.Count > 0 ? [.. _roles] : null), made =>
    {
        (_link, _name) = (made, "");
        Navigation.NavigateTo(Here(("new", null), ("user", made.Name)));
        return Task.CompletedTask;
    });

    private Task Reset() => Act(new ResetUser(_open!.Name), async made =>
    {
        _link = made;
        await Load();
    });

    private Task ResetFactor() => Act(new ResetSecondFactor(_open!.Name), Reload);

    private Task Toggle() => Act(new DisableUser(_open!.Name, !_open.Disabled), Reload);

    private Task Unlock() => Act(new UnlockUser(_open!.Name), Reload);

    private Task SaveRoles() => Act(new SetRoles(_open!.Name, [.. _roles]), Reload);

    private Task EndSession(Guid id) => Act(new RevokeSessions(_open!.Name, id), _ => Load());

    private Task Reload(Done done) => Load();
}
