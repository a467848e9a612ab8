"""Pages: fetch through a guard, check the form, call one service, ring the bell, answer."""
