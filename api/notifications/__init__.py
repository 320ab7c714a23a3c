"""People are told what happens: an inbox in the service, and letters where an account wants them.

==============  ==============================================================================================
kinds           kinds of news, and whose business each is
noting          news once, an inbox entry and perhaps a letter for each account
inbox           what was told and read; where one wants letters
letters         the words, in Chinese and English
mail            how letters leave: a folder of files, or a mail server
sending         what is due goes out, and is tried again
==============  ==============================================================================================
"""
