"""Who gets into the admin: locks against guessing (django-axes) and the second factor (django-otp)."""
